"""Badges and certificates are verified as they come, and an edited page is caught."""

from __future__ import annotations

import io

import pypdf
import pytest

from credentials import verifying
from credentials.certificates import certificate
from credentials.vc.verify import Outcome, Verdict
from tests.credentials.awards import issued

pytestmark = pytest.mark.django_db


@pytest.fixture
def credential():
    return issued()[0]


def saved_again(pdf: bytes, change=lambda writer: None) -> bytes:
    writer = pypdf.PdfWriter(clone_from=io.BytesIO(pdf))
    change(writer)
    kept = io.BytesIO()
    writer.write(kept)
    return kept.getvalue()


@pytest.mark.parametrize("name", ["badge.png", "badge.svg", "certificate.pdf", "download"])
def test_what_is_downloaded_verifies(client, credential, name):
    content = client.get(f"{credential.get_absolute_url()}/{name}").content

    assert verifying.verify_file(content).verdict == Verdict.VALID


def test_a_certificate_as_it_was_made_is_said_to_be_so(credential):
    report = verifying.verify_file(certificate(bytes(credential.document), language="de"))

    assert (report.checks[-1].name, report.checks[-1].outcome) == ("content", Outcome.PASSED)


def test_a_certificate_that_another_program_saved_is_not_vouched_for(credential):
    pdf = saved_again(certificate(bytes(credential.document), language="en"))

    report = verifying.verify_file(pdf)

    assert (report.checks[-1].name, report.checks[-1].outcome) == ("content", Outcome.UNKNOWN)


def test_a_certificate_with_another_page_is_invalid(credential):
    pdf = saved_again(
        certificate(bytes(credential.document), language="en"),
        lambda writer: writer.add_blank_page().merge_page(writer.pages[0]),
    )

    report = verifying.verify_file(pdf)

    assert report.verdict == Verdict.INVALID
    assert report.checks[-1].name == "content"


@pytest.mark.parametrize("content", [b"%PDF-1.7 nothing", b"\x89PNG\r\n\x1a\n", b"<svg/>", b""])
def test_a_file_without_a_credential_is_said_to_have_none(content):
    report = verifying.verify_file(content)

    assert (report.verdict, report.checks[-1].name) == (Verdict.INVALID, "form")
