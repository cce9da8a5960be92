"""What the rule editor's server says of a rule while it is edited."""

from __future__ import annotations

import json

import pytest
from django.test import Client

from accounts.models import Membership
from catalog import rule_text
from catalog.models import Status, Track
from catalog.rule_text import outline as outlines
from catalog.rule_text.outline import Entry, Outline
from tests.admin_pages import url
from tests.factories import (
    TUESDAY,
    CourseFactory,
    MembershipFactory,
    OrganizationFactory,
    SkillFactory,
    TrackFactory,
    UserFactory,
    published_course,
    published_track,
)


@pytest.fixture
def own(db):
    return OrganizationFactory(name="Own institute", slug="own")


@pytest.fixture
def curator(client: Client, own) -> Client:
    user = UserFactory(is_staff=True)
    MembershipFactory(user=user, organization=own, role=Membership.Role.CURATOR)
    client.force_login(user)
    return client


def address(track: Track | None = None) -> str:
    return url("catalog_track_rule") + (f"?track={track.pk}" if track else "")


def say(client: Client, text: str, track: Track | None = None) -> dict:
    return client.post(address(track), {"text": text, "title": "Mine"}).json()


def send(client: Client, *entries: object, **more: object):
    return client.post(address(), {"entries": json.dumps({"entries": entries, **more})})


def found(client: Client, kind: str, words: str, track: Track | None = None) -> list[str]:
    query = {"kind": kind, "q": words, **({"track": track.pk} if track else {})}
    answer = client.get(address(), query)
    return [each["name"] for each in answer.json()["found"]]


WRITTEN = """\
all of, each course once
  course: maps (min 70.5 %, within 24 months, from own, or prior learning)
  at least 2.5 hours from
    credential: tides
    track: navigator
  at least 2 of
    skill: "read maps" (level advanced)
    any of
      course: stars
"""


def test_a_text_in_entries_and_back_is_the_same():
    outline = outlines.outline_of(WRITTEN)

    assert outlines.text_of(outline) == WRITTEN


def test_a_rule_of_one_course_is_shown_in_a_group():
    outline = outlines.outline_of("course: maps")

    assert outlines.text_of(outline) == "all of\n  course: maps\n"


def test_what_is_out_of_range_is_shown_to_be_mended():
    outline = outlines.outline_of("at least 0 of\n  course: maps (min 120 %, within 0 months)")

    group, course = outline.entries
    assert (group.n, course.min_grade, course.max_age_months) == ("0", "120", "0")


@pytest.mark.parametrize(
    "text",
    [
        "none of\n  course: maps",
        "all of\n  course: maps (min 70 %, sometimes)",
        "all of\ncourse: maps",
        "x" * (rule_text.MAX_CHARACTERS + 1),
    ],
)
def test_what_entries_would_not_say_is_not_shown_in_entries(text):
    assert outlines.outline_of(text) is None


def test_no_field_can_smuggle_in_another_line_or_limit():
    smuggling = "70 %)\n  course: other (min 1"
    entry = Entry(depth=1, kind="course", name='a"\n b', min_grade=smuggling)

    text = outlines.text_of(Outline((Entry(), entry)))

    assert len(text.splitlines()) == 2
    with pytest.raises(rule_text.RuleTextError, match="is not understood"):
        rule_text.parse(text, lookup=lambda kind, names: dict.fromkeys(names, 1))


def test_a_rule_comes_with_its_sentence_and_its_picture(curator):
    published_course(slug="maps", title="Maps")
    published_course(slug="tides", title="Tides")

    said = say(curator, "any of\n  course: maps\n  course: tides")

    assert said["sentence"] == "Complete any one of Maps or Tides."
    assert said["problems"] == []
    assert "The stack of Mine" in said["picture"]
    # A link would lead away from what is not saved.
    assert "<a " not in said["picture"]


@pytest.mark.django_db
def test_a_circle_through_other_tracks_is_told_of_the_entry_that_closes_it(curator, own):
    lower = published_track(published_course(slug="maps"), slug="lower", organization=own)
    middle = published_track(lower, slug="middle")
    published_track(middle, slug="upper")

    said = say(curator, "all of\n  course: maps\n\n  track: upper", lower)

    assert [problem["line"] for problem in said["problems"]] == [4]
    assert "leads back to its own credential" in said["problems"][0]["message"]


def test_a_sum_that_cannot_be_reached_is_told_of_its_group(curator):
    published_course(slug="maps")

    said = say(curator, "all of\n  course: maps\n  at least 90 hours from\n    course: maps")

    assert [problem["line"] for problem in said["problems"]] == [3]
    said_of_it = said["problems"][0]["message"].replace("\u00a0", " ")
    assert said_of_it.startswith("A group asks for 90 h, but its entries come to 30 min.")
    assert "90 hours" in said["sentence"]


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("course: tide", "“tide”. Did you mean “Reading Tide Tables” (write tide-tables)?"),
        ('course: "tables, reding"', "“tables, reding”. Use its slug or its external id."),
        ('course: "Reding Tide Tabels"', "Did you mean “Reading Tide Tables” (write tide-tables)?"),
        ("credential: tide", "Did you mean “Reading Tide Tables” (write tide-tables)?"),
        ('track: "Night sailing"', "Did you mean “Sailing by Night” (write night)?"),
        ("skill: knots", 'Did you mean “tie knots” (write "tie knots")?'),
        ('course: tide-tables (from "own instituet")', "Did you mean “Own institute” (write own)"),
        ("course: map", "Did you mean “Maps I” (write maps-1) or “Maps II” (write maps-2)?"),
        ("course: secret", "“secret”. Use its slug or its external id."),
        ("course: x", "“x”. Use its slug or its external id."),
    ],
)
def test_a_name_that_nothing_has_leads_to_what_is_called_alike(curator, own, line, said):
    course = published_course(slug="tide-tables", title="Reading Tide Tables")
    published_course(slug="maps-1", title="Maps I")
    published_course(slug="maps-2", title="Maps II")
    published_track(course, slug="night", title="Sailing by Night")
    CourseFactory(slug="secret-course", title="Secret course")
    SkillFactory(label="tie knots")

    (problem,) = say(curator, f"all of\n  {line}")["problems"]

    assert problem["line"] == 2
    assert said in problem["message"]


def test_of_many_names_that_nothing_has_the_first_are_looked_for(
    curator, own, django_assert_max_num_queries
):
    lines = "".join(f"  course: tide-{n}\n" for n in range(200))

    with django_assert_max_num_queries(25):
        found = say(curator, f"all of\n{lines}")["problems"]

    assert len(found) == 200


def test_saving_says_the_same_as_the_editor(curator, own):
    course = published_course(slug="maps", provider=own)
    track = published_track(course, organization=own)
    text = "at least 90 hours from\n  course: maps"
    data = {"title": track.title, "field": track.field, "language": "en", "rule": text}

    page = curator.post(url("catalog_track_change", track.pk), data)

    said = say(curator, text, track)["problems"][0]
    assert (
        f"Line {said['line']}: {said['message']}" in page.context["adminform"].form.errors["rule"]
    )


def test_entries_become_text(curator):
    published_course(slug="maps")
    root = {"depth": 0, "kind": "group", "operator": "least", "n": "1", "unit": "entries"}
    course = {"depth": 1, "kind": "course", "name": "maps", "min_grade": "70"}

    said = send(curator, root, course, counts_once=True).json()

    assert said["text"] == "at least 1 of, each course once\n  course: maps (min 70 %)\n"
    assert said["problems"] == []


ROOT = {"depth": 0, "kind": "group"}


@pytest.mark.parametrize(
    "entries",
    [
        [],
        [{"depth": 0, "kind": "course", "name": "maps"}],
        [{"depth": 1, "kind": "group"}],
        [ROOT, {"depth": 2, "kind": "course"}],
        [ROOT, ROOT],
        [ROOT, {"depth": 1, "kind": "course"}, {"depth": 2, "kind": "course"}],
        [ROOT | {"kind": "riddle"}],
        [ROOT | {"operator": []}],
        [{"kind": "group"}],
        ["group"],
    ],
)
def test_what_the_editor_never_sends_is_refused(entries, curator):
    assert send(curator, *entries).status_code == 400


@pytest.mark.parametrize("posted", ["", "{", "[]", "[" * 100_000])
def test_what_is_no_list_of_entries_is_refused(posted, curator):
    assert curator.post(address(), {"entries": posted}).status_code == 400


def test_names_are_found_by_words_of_the_title(curator):
    published_course(slug="one", title="Maps of the north")
    published_course(slug="two", title="Maps of the south")

    assert found(curator, "course", "north map") == ["one"]


def test_drafts_are_named_by_their_own_curators_alone(curator, own):
    CourseFactory(slug="own-draft", title="Maps", provider=own)
    CourseFactory(slug="other-draft", title="Maps")

    assert found(curator, "course", "maps") == ["own-draft"]
    assert "other-draft" in say(curator, "course: other-draft")["problems"][0]["message"]


def test_what_the_rule_names_already_can_be_named_though_it_is_retired(curator, own):
    course = published_course(slug="maps", title="Maps")
    track = published_track(course, organization=own)
    type(course).objects.filter(pk=course.pk).update(status=Status.RETIRED)

    assert found(curator, "course", "maps", track) == ["maps"]
    assert found(curator, "course", "maps") == []


@pytest.mark.django_db
def test_each_kind_of_name_is_found(curator):
    course = published_course(slug="maps", title="Maps")
    published_track(course, slug="navigator", title="Maps and more")
    CourseFactory(
        slug="no-credential", title="Maps alone", status=Status.PUBLISHED, published_at=TUESDAY
    )
    skill = SkillFactory(label="read maps", uri="https://example.org/maps")

    assert found(curator, "credential", "maps") == ["maps"]
    assert found(curator, "track", "maps") == ["navigator"]
    assert found(curator, "skill", "maps") == [skill.uri]
    assert found(curator, "issuer", "own inst") == ["own"]


def test_nothing_is_found_of_an_unknown_kind(curator):
    assert curator.get(address(), {"kind": "password"}).status_code == 400


def test_the_rule_of_anothers_track_is_not_there(curator):
    other = TrackFactory()

    assert curator.post(address(other), {"text": ""}).status_code == 404


def test_a_learner_is_kept_out(client: Client, db):
    client.force_login(UserFactory())

    assert client.post(address(), {"text": ""}).status_code == 403
