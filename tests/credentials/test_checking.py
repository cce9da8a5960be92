"""The checker says what the judge says, by the trace alone, and notices whatever is changed."""

from __future__ import annotations

import datetime
import json
import uuid
from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from catalog import actions as catalog_actions
from catalog import rules
from catalog.judging import Evidence, Fact, Support, judge, support
from credentials import actions, checking, comparing, traces
from credentials.models import Award, AwardTrace, Recognition
from credentials.rulebook import Rule
from enrollment import actions as enrollment_actions
from tests.catalog.test_judging_by_oracle import IDS, NOW, facts, once, trees
from tests.factories import (
    TUESDAY,
    EnrollmentFactory,
    SkillFactory,
    UserFactory,
    published_course,
    published_track,
)
from tests.tries import tries

pytestmark = pytest.mark.django_db
DAY = datetime.timedelta(days=1)
FACT = Fact(1, NOW, minutes=60, item=("course", 1))


def filed(*kinds):
    fitting = st.builds(lambda fact, kind: replace(fact, kind=kind), facts, st.sampled_from(kinds))
    return st.dictionaries(IDS, st.lists(fitting, min_size=1, max_size=2), max_size=4)


evidence = st.builds(
    Evidence,
    filed("completion", "recognition"),
    filed("award"),
    filed("award", "recognition"),
)


def trace_of(tree, found):
    """The document and its digest, without a row."""
    award = Award(
        public_id=uuid.UUID(int=1),
        learner_id=1,
        achievement_id=1,
        version_id=1,
        number=1,
        decided_at=NOW,
    )
    rule = Rule(
        version_id=1,
        achievement_id=1,
        number=1,
        tree=tree,
        valid_months=None,
        renewal="whole",
        is_current=True,
        issuer_id=1,
        is_of_a_course=False,
    )
    _, _, document, digest = traces.trace_row(award, rule, found)
    return document, digest


def places(value, path=()):
    """Where in a document a value stands that holds no others."""
    if isinstance(value, dict | list):
        for key in value if isinstance(value, dict) else range(len(value)):
            yield from places(value[key], (*path, key))
    else:
        yield path


def changed(document, path, value):
    said = json.loads(document)
    *above, last = path
    inner = said
    for key in above:
        inner = inner[key]
    inner[last] = value
    return traces.canonical(said)


def value_at(document, path):
    found = json.loads(document)
    for key in path:
        found = found[key]
    return found


# --- By the trace alone ------------------------------------------------------------------------


@tries(300)
@given(trees | once, evidence)
def test_what_the_judge_awards_the_checker_finds_right(tree, evidence):
    found = judge(tree, evidence, at=NOW)

    if found is not None:
        assert checking.faults(*trace_of(tree, found)) == []


@tries(300)
@given(trees, evidence, st.data())
def test_with_some_of_its_evidence_gone_the_checker_says_what_the_judge_says(tree, evidence, data):
    found = judge(tree, evidence, at=NOW)
    if found is None:
        return
    kept = data.draw(st.sets(st.sampled_from(sorted(found.leaves))))
    met = {number: found.leaves[number] for number in kept}

    faults = checking.faults(*trace_of(tree, Support(met)))

    assert (faults == []) == (support(tree, met) is not None)


@tries(200)
@given(trees | once, evidence, st.data())
def test_any_change_to_a_value_is_caught(tree, evidence, data):
    found = judge(tree, evidence, at=NOW)
    if found is None:
        return
    document, digest = trace_of(tree, found)
    path = data.draw(st.sampled_from(sorted(places(json.loads(document)), key=str)))
    value = data.draw(st.none() | st.booleans() | st.integers() | st.text(max_size=8))
    # As JSON: True is not 1 there.
    if traces.canonical(value) == traces.canonical(value_at(document, path)):
        return

    assert checking.faults(changed(document, path, value), digest)


@tries(50)
@given(st.text("0123456789abcdef", min_size=1, max_size=64))
def test_any_change_to_the_digest_is_caught(digest):
    document, right = trace_of(rules.CourseLeaf(1), Support({0: FACT}))

    assert (checking.faults(document, digest) == []) == (digest == right)


@tries(300)
@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.text(max_size=5),
        lambda inner: (
            st.lists(inner, max_size=3)
            | st.dictionaries(st.sampled_from(["rule", "evidence", "evaluator", "leaf"]), inner)
        ),
        max_leaves=10,
    )
)
def test_whatever_is_no_trace_has_a_fault_and_breaks_nothing(value):
    document = traces.canonical(value)

    assert checking.faults(document, traces.digest_of(document))


def test_a_document_that_is_not_canonical_is_not_accepted():
    document, _ = trace_of(rules.CourseLeaf(1), Support({0: FACT}))
    spaced = json.dumps(json.loads(document))

    assert checking.faults(spaced, traces.digest_of(spaced))


def resealed(tree, found, path, value):
    """The faults of a trace that was changed and given a digest that fits."""
    document = changed(trace_of(tree, found)[0], path, value)
    return checking.faults(document, traces.digest_of(document))


STRICT = rules.CourseLeaf(1, min_grade=Decimal(80), max_age_months=12, issuer_id=1)
GOOD = replace(FACT, grade=Decimal(80), issuer_id=1, until=NOW + DAY)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("grade", "79.99"),
        ("at", (NOW - 366 * DAY).isoformat()),
        ("issuer_id", 2),
        ("until", NOW.isoformat()),
        ("kind", "award"),
        ("kind", "recognition"),
        ("leaf", 1),
    ],
)
def test_a_fact_that_does_not_fit_its_leaf_is_caught_whatever_the_digest(name, value):
    tree = rules.all_of(STRICT)
    assert checking.faults(*trace_of(tree, Support({1: GOOD}))) == []

    path = ("evidence", 0, name)

    assert resealed(tree, Support({1: GOOD}), path, 0 if name == "leaf" else value)


def test_a_skill_below_its_level_is_caught():
    fact = Fact(1, NOW, kind="award", level=2)

    assert resealed(rules.SkillLeaf(1, 2), Support({0: fact}), ("evidence", 0, "level"), 1)


def test_one_thing_at_two_leaves_is_caught_where_each_counts_once():
    tree = rules.all_of(rules.CourseLeaf(1), rules.CourseLeaf(2), counts_once=True)

    faults = checking.faults(*trace_of(tree, Support({1: FACT, 2: FACT})))

    assert faults == ["One thing counts at two leaves, where each counts once."]


# --- With the rows -----------------------------------------------------------------------------


@pytest.fixture
def award(learner, curator):
    """An award that rests on a completion, on prior learning, on a credential and on a skill."""
    skill = SkillFactory()
    done, instead, proving = (
        published_course(title=title, ects=1) for title in ("Done", "Instead", "Proving")
    )
    proving.course_skills.create(skill=skill)
    proving.outcomes.create(position=1, text="It.", level="advanced").skills.add(skill)
    catalog_actions.publish_course(course=proving, at=TUESDAY)
    tree = rules.Group(
        "credits",
        (
            rules.CourseLeaf(
                done.pk, min_grade=Decimal(50), max_age_months=24, issuer_id=done.provider_id
            ),
            rules.CourseLeaf(instead.pk, allows_prior_learning=True),
            rules.AchievementLeaf(proving.achievement.pk),
            rules.SkillLeaf(skill.pk, 2),
        ),
        90,
    )
    track = published_track(tree=rules.all_of(tree, rules.SkillLeaf(skill.pk)), title="Track")
    Recognition.objects.create(
        learner=learner, course=instead, recognized_at=TUESDAY, by=curator, reason="Seen.",
        until=TUESDAY + DAY, grade=60,
    )  # fmt: skip
    for course in (done, proving):
        EnrollmentFactory(learner=learner, run=course.runs.get(), completed=True, grade=70)
    actions.request_judgement(learner_ids=[learner.pk], at=TUESDAY)
    actions.judge_due(at=TUESDAY)
    return Award.objects.select_related("trace").get(achievement=track.achievement)


@pytest.fixture
def curator(db):
    return UserFactory(is_superuser=True, is_staff=True)


def forged(award, document):
    """The award with this trace in the place of its own, which the database would not change."""
    award.trace = AwardTrace(
        award=award, evaluator=1, document=document, digest=traces.digest_of(document)
    )
    return award


def test_what_was_judged_agrees_with_the_rows(award):
    assert list(comparing.disagreements(Award.objects.all())) == []


def test_whatever_value_is_forged_the_rows_disagree(award):
    document = award.trace.document
    others = {str: "2026-03-02T00:00:00+00:00", int: 77, bool: False}
    paths = list(places(json.loads(document)))

    unnoticed = [
        path
        for path in paths
        if not comparing.faults_of(
            forged(award, changed(document, path, others[type(value_at(document, path))]))
        )
    ]

    assert len(paths) > 40
    assert unnoticed == []


def test_an_award_by_rule_without_a_trace_is_named(award):
    AwardTrace.objects.filter(award=award).delete()

    assert dict(comparing.disagreements(Award.objects.all())) == {award: ["There is no trace."]}


def test_another_person_s_completion_is_noticed(award):
    row = award.evidence.filter(enrollment__isnull=False).first()
    other = EnrollmentFactory(learner=UserFactory(), run=row.enrollment.run, completed=True)
    award.evidence.filter(pk=row.pk).update(enrollment=other)
    document = award.trace.document
    place = next(
        n
        for n, fact in enumerate(json.loads(document)["evidence"])
        if fact["leaf"] == row.node_number
    )

    found = comparing.faults_of(
        forged(award, changed(document, ("evidence", place, "pk"), other.pk))
    )

    assert any("another person's" in fault for fault in found)


def test_a_correction_on_record_is_no_disagreement(award, curator):
    enrollment = award.evidence.filter(enrollment__isnull=False).first().enrollment
    enrollment_actions.correct_grade(
        enrollment=enrollment, grade=90, by=curator, reason="A mistake.", at=TUESDAY
    )

    assert comparing.faults_of(award) == []


def test_comparing_takes_the_same_queries_for_many(award, django_assert_max_num_queries):
    with django_assert_max_num_queries(14):
        list(comparing.disagreements(Award.objects.all()))
