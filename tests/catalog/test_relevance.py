"""What people type, and the courses that answer it: judged by hand, a line a query."""

from __future__ import annotations

import io
from pathlib import Path

import pytest
from django.core.management import call_command

from catalog.models import Course
from catalog.search import Filters, find
from catalog.search.index import live
from tests.worlds import made_once

QUERIES = Path(__file__).parent / "relevance" / "queries.tsv"
WITHIN = {3: 0.9, 10: 0.97}
"""So many of the queries have a right course among so many first ones."""

pytestmark = pytest.mark.django_db


_demo = made_once(lambda: call_command("load_demo", stdout=io.StringIO()))


@pytest.mark.usefixtures("_demo")
def test_the_right_course_is_among_the_first(settings, tmp_path):
    settings.SEARCH_INDEX_DIR = tmp_path
    live().build()
    names = dict(Course.objects.values_list("pk", "external_id"))
    judged = [line.split("\t") for line in QUERIES.read_text().splitlines()]
    found = {text: [names[pk] for pk in find(Filters(text=text)).ids] for text, *_ in judged}

    assert len(judged) >= 100
    assert all(set(right) <= set(names.values()) for _, *right in judged)
    for first, share in WITHIN.items():
        missed = [
            f"{text}: {', '.join(found[text][:first])}, not {', '.join(right)}"
            for text, *right in judged
            if not set(found[text][:first]) & set(right)
        ]
        print(f"within {first}: {len(judged) - len(missed)} of {len(judged)}", *missed, sep="\n")
        assert len(missed) <= (1 - share) * len(judged), "\n".join(missed)
