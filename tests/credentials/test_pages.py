"""The page of somebody else's certificate: whether it has the names, in whatever script."""

from __future__ import annotations

import dataclasses
import json

import pytest

from credentials.certificates import certificate
from credentials.vc import pdf
from credentials.vc.pages import check_names
from credentials.vc.verify import Outcome
from tests.credentials.vc import samples

NAMES = {
    "Latin": "Đặng Thị Ünal-Ørsted",
    "Arabic": "محمد بن عبد الله الخوارزمي",
    "Devanagari": "श्रीमती प्रियंका चतुर्वेदी",
    "Chinese": "王小明",
    "several": "Ali علي 李雷",
}


def said(name: str) -> dict:
    document: dict = samples.unsigned(name=name)
    return document


@pytest.fixture(scope="module")
def pages() -> dict[str, pdf.Page]:
    return {
        script: pdf.read(certificate(json.dumps(said(name)).encode(), language="en"))
        for script, name in NAMES.items()
    }


@pytest.mark.parametrize("script", NAMES)
def test_a_name_is_found_on_the_page_that_says_it(pages, script):
    assert check_names(said(NAMES[script]), pages[script]).outcome == Outcome.UNKNOWN


@pytest.mark.parametrize("script", NAMES)
def test_other_names_are_missed(pages, script):
    for other in ("Eve Mallory", "محمد سعيد", "रोहित", "李雷明"):
        check = check_names(said(other), pages[script])

        assert (check.outcome, other in check.words) == (Outcome.FAILED, True)


def test_words_from_left_to_right_must_come_in_their_order(pages):
    page = dataclasses.replace(pages["Latin"], words="Reading Tide Tables Ünal Thị")

    assert check_names(said("Thị Ünal"), page).outcome == Outcome.FAILED
