from __future__ import annotations

import pytest

from catalog import importing
from tests.catalog.importing import (
    COURSE,
    ORGANIZATION,
    bring_in,
    course,
    document,
    reason,
    track,
    verdicts,
    write,
)

pytestmark = pytest.mark.django_db

ONE_UNIT = {"title": "Read"}


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"titel": "x"}, "titel: unknown; did you mean “title”?"),
        ({"title": ""}, "title: is missing"),
        ({"title": "  "}, "title: is empty"),
        ({"title": 7}, "title: must be text, not 7"),
        ({"title": "x" * 201}, "title: has 201 characters; at most 200 are allowed"),
        ({"title": "a\x00b"}, "title: remove the character U+0000"),
        ({"title": "a\u202eb"}, "title: remove the character U+202E"),
        ({"title": "a\ud800b"}, "title: remove the character U+D800"),
        ({"description": "one\ntwo\x07"}, "description: remove the character U+0007 in line 2"),
        ({"eqf_level": 9}, "eqf_level: must be a whole number from 1 to 8, not 9"),
        ({"eqf_level": True}, "eqf_level: must be a whole number from 1 to 8, not true"),
        ({"language": "english please"}, "language: must be a language tag"),
        ({"field": "clowd"}, "did you mean “cloud”?"),
        ({"provider": "none"}, "provider: there is no organization “none”"),
        ({"skills": ["http://example.org/1"]}, "skills: there is no skill “http://example.org/1”"),
        ({"units": "none"}, "units: must be a list, not “none”"),
        ({"units": []}, "The course has no units"),
        ({"units": [{**ONE_UNIT, "minutes": -1}]}, "units.1.minutes: must be a whole number"),
        ({"units": [{**ONE_UNIT, "minutes": 1.5}]}, "units.1.minutes: must be a whole number"),
        ({"units": [ONE_UNIT, {"titel": "x"}]}, "units.2.titel: unknown; did you mean “title”?"),
        ({"units": [{**ONE_UNIT, "external_id": "u"}] * 2}, "units: the external_id “u” is there"),
        ({"units": [{**ONE_UNIT, "kind": "quiz"}]}, "has no question with a right answer"),
        (
            {"units": [{**ONE_UNIT, "is_challenge": True, "is_required": False}]},
            "units.1: only a quiz or an assignment can test out",
        ),
        (
            {"units": [{**ONE_UNIT, "kind": "assignment", "is_challenge": True}]},
            "set is_required to false",
        ),
        ({"units": [{**ONE_UNIT, "url": "javascript:1"}]}, "units.1.url"),
        ({"min_grade": 101}, "min_grade"),
        ({"runs": [{"cohort": True}]}, "set self_paced to false"),
        ({"runs": [{"time_zone": "Mars/Olympus"}]}, "must be a time zone like Europe/Berlin"),
        ({"runs": [{"offer_hours": 5000}]}, "runs.1.offer_hours"),
        ({"runs": [{"self_paced": False}]}, "runs.1.starts_on: is missing"),
        ({"runs": [{"starts_on": "1 May"}]}, "runs.1.starts_on: must be a date"),
        ({"runs": [{"starts_on": "2026-02-30"}]}, "runs.1.starts_on: must be a date"),
        (
            {"runs": [{"starts_on": "2026-05-02", "ends_on": "2026-05-01"}]},
            "runs.1: it ends before it starts",
        ),
        ({"achievement": {"kind": "Badge"}}, "achievement.kind: must be one of"),
        ({"status": "retired"}, "status: what was never published cannot be retired"),
    ],
)
def test_a_course_is_refused_with_the_reason(tmp_path, changes, why):
    outcomes = bring_in(tmp_path, document(courses=[course(**changes)], tracks=[]))

    assert why in reason(outcomes)


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"choices": [{"text": "a"}, {"text": "b"}]}, "no choice is correct"),
        (
            {"choices": [{"text": "a", "correct": True}, {"text": "b", "correct": True}]},
            "2 choices are correct; make its kind multiple",
        ),
        (
            {"choices": [{"text": "a", "correct": True}, {"text": "a"}]},
            "two choices read the same",
        ),
        ({"choices": [{"text": "a", "correct": 1}]}, "must be true or false, not 1"),
    ],
)
def test_a_question_that_cannot_be_answered_is_refused(tmp_path, changes, why):
    question = {"text": "Which?", **changes}
    units = [{"title": "Quiz", "kind": "quiz", "questions": [question]}]

    outcomes = bring_in(tmp_path, document(courses=[course(units=units)], tracks=[]))

    assert "units.1.questions.1" in reason(outcomes)
    assert why in reason(outcomes)


@pytest.mark.parametrize(
    ("rule", "why"),
    [
        ({}, "rule: names one of course, track, credential, skill, all"),
        ([], "rule: is missing"),
        ({"al": [{"course": "sql"}]}, "did you mean “all”?"),
        ({"all": []}, "rule.all: is missing"),
        ({"at_least": 2, "of": [{"course": "sql"}]}, "rule: asks for 2 of 1"),
        ({"at_least": 0, "of": [{"course": "sql"}]}, "rule.at_least: must be a whole number"),
        ({"course": "none"}, "rule: there is no course “none”"),
        ({"track": "none"}, "rule: there is no track “none”"),
        ({"course": "sql", "min_grade": 101}, "rule.min_grade: must be a number from 0 to 100"),
        ({"course": "sql", "track": "x"}, "rule: names one of"),
        ({"all": [{"course": "sql"}] * 600}, "rule: has more than 500 entries"),
        ("sql", "rule: must be an object"),
    ],
)
def test_a_rule_is_refused_with_the_reason(tmp_path, rule, why):
    outcomes = bring_in(tmp_path, document(tracks=[track("data", rule)]))

    assert why in reason(outcomes)


def test_a_rule_that_is_nested_without_end_is_refused(tmp_path):
    rule: object = {"course": "sql"}
    for _ in range(200):
        rule = {"all": [rule]}

    outcomes = bring_in(tmp_path, document(tracks=[track("data", rule)]))

    assert reason(outcomes) == "rule: is nested more than 20 deep"


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"url": "javascript:alert(1)"}, "url: must be an http or https address"),
        ({"email": "nobody"}, "email: must be an e-mail address"),
        ({"country": "usa"}, "country: has 3 characters"),
        ({"country": "us"}, "country: must be two capital letters"),
        ({"roles": ["boss"]}, "roles.1: must be one of provider, awarding_body, employer"),
    ],
)
def test_an_organization_is_refused_with_the_reason(tmp_path, changes, why):
    given = document(organizations=[{**ORGANIZATION, **changes}], courses=[], tracks=[])

    assert why in reason(bring_in(tmp_path, given))


def test_an_organization_needs_the_role_that_it_is_named_for(tmp_path):
    employer = {**ORGANIZATION, "roles": ["employer"]}

    outcomes = bring_in(tmp_path, document(organizations=[employer], tracks=[]))

    assert reason(outcomes) == "provider: “org” needs provider among its roles"


def test_a_row_that_is_there_twice_is_refused_with_the_place_of_the_first(tmp_path):
    outcomes = bring_in(tmp_path, document(tracks=[]), document(organizations=[], tracks=[]))

    assert reason(outcomes) == "“sql” is there already: 1.json, courses, entry 1"


def test_a_run_belongs_to_one_course(tmp_path):
    runs = [{"external_id": "r"}]
    courses = [course(runs=runs), course(external_id="other", runs=runs)]

    outcomes = bring_in(tmp_path, document(courses=courses, tracks=[]))

    assert reason(outcomes) == "runs: “r” is a run of another course"


def test_a_row_that_is_no_object_is_refused(tmp_path):
    outcomes = bring_in(tmp_path, document(courses=[COURSE, "sql"], tracks=[]))

    assert reason(outcomes) == "must be an object, not “sql”"


def test_text_is_stored_in_one_form(tmp_path):
    outcomes = bring_in(
        tmp_path, document(courses=[course(title="Cafe\u0301 ", description="a\r\nb")])
    )

    from catalog.models import Course

    stored = Course.objects.get()
    assert (stored.title, stored.description) == ("Café", "a\nb")
    assert verdicts(outcomes)["sql"] == "created"


@pytest.mark.parametrize(
    ("name", "content", "why"),
    [
        ("x.json", b"{", "is not JSON: Expecting property name"),
        ("x.json", b'{"format": "cairn-catalog/1",\n "courses": [}', "at line 2, column 14"),
        ("x.json", b'{"a": 1}', 'must be an object with "format"'),
        ("x.json", b"[]", 'must be an object with "format"'),
        ("x.json", b'{"format": "cairn-catalog/1", "course": []}', "did you mean “courses”?"),
        ("x.json", b'{"format": "cairn-catalog/1", "courses": {}}', "courses must be a list"),
        ("x.json", b'{"format": "cairn-catalog/1", "courses": [NaN]}', "NaN is no number"),
        ("x.json", b'{"a": 1, "a": 2}', "stands twice in one object"),
        ("x.json", b'{"a": ' + b"9" * 5000 + b"}", "is not JSON"),
        ("x.json", b"[" * 200_000, "is nested too deep"),
        ("x.json", b'{"\xff": 1}', "is not UTF-8: byte 2, in line 1"),
        ("x.csv", b"", "its header is none of"),
        ("x.csv", b"uri,label,descripton\n", "did you mean “description”?"),
        ("x.csv", b"uri,uri,label\n", "two columns have the same name"),
        ("skills.csv", b"uri\n", "lacks the column label"),
        ("x.csv", b'uri,label\n"a\n', "is not CSV"),
        ("x.csv", b"uri,label\n" + b"a" * 600_000, "is not CSV: field larger"),
        ("x.txt", b"", "must end in .json, .toml or .csv"),
    ],
)
def test_a_file_that_is_no_catalog_is_named_with_the_place(tmp_path, name, content, why):
    path = write(tmp_path, content, name)

    with pytest.raises(importing.Unreadable) as refusal:
        importing.read([path])

    assert str(refusal.value).startswith(f"{name}: ")
    assert why in str(refusal.value)


def test_a_file_that_is_too_large_is_not_read(tmp_path):
    path = tmp_path / "large.json"
    with path.open("wb") as file:
        file.truncate(64 * 1024 * 1024 + 1)

    with pytest.raises(importing.Unreadable, match="larger than 64 MB"):
        importing.read([path])


def test_a_file_that_is_not_there_is_named(tmp_path):
    with pytest.raises(importing.Unreadable, match=r"none\.json: No such file"):
        importing.read([tmp_path / "none.json"])
