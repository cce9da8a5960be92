"""Courses, runs and tracks of every state."""

from __future__ import annotations

import datetime
from decimal import Decimal

from catalog import actions, prerequisites, reviewing, revising, rules
from catalog.importing import translations
from catalog.models import (
    Achievement,
    Course,
    OccupationSkill,
    Skill,
    Track,
)
from tests.enrollment.assignments import assignment_unit
from tests.factories import (
    STATED,
    TUESDAY,
    CourseFactory,
    CourseRunFactory,
    OccupationFactory,
    SkillFactory,
    TrackFactory,
    UnitFactory,
    complete_course,
    leaf,
    needs,
    published_course,
    published_track,
)
from tests.states.people import DAY, NOW, People


def build(p: People) -> None:
    own = {"provider": p.own}
    courses_of_every_state(p, own)
    runs_of_every_kind(p, own)
    tracks_of_every_state(p, own)
    skills_of_every_state(p, own)


def courses_of_every_state(p: People, own: dict[str, object]) -> None:
    CourseFactory(title="Draft with nothing", slug="draft", summary="", external_id=None, **own)
    published_course(title="Said of it: nothing", slug="bare", provider=p.bare, summary="")
    published_course(title="Without a run", slug="no-run", **own).runs.all().delete()
    review = complete_course(title="In review", slug="in-review", **own)
    reviewing.submit(review, by=p.curator, at=TUESDAY)
    planned = complete_course(title="Scheduled", slug="scheduled", **own)
    reviewing.submit(planned, by=p.curator, at=TUESDAY)
    reviewing.schedule(planned, publish_at=NOW + DAY, by=p.curator)
    retired = published_course(title="Retired", slug="retired", **own)
    actions.retire(item=retired)
    full = published_course(
        title="All is said",
        slug="full",
        description="It is **all** here.",
        ects=Decimal("1.5"),
        prerequisites="Some numbers.",
        min_grade=Decimal(60),
        field="data",
        quiz=True,
        **STATED,
        **own,
    )
    full.outcomes.create(position=1, text="Read a map.", level="foundation").skills.add(
        SkillFactory(label="reading maps")
    )
    UnitFactory(course=full, kind="external", url="https://else.example/", title="Elsewhere")
    UnitFactory(course=full, kind="live", title="Practice", is_required=False)
    assignment_unit(course=full, position=60)
    full.skills.add(Skill.objects.get(label="reading maps"))
    actions.publish_course(course=full, at=TUESDAY)
    full.units.filter(kind="lesson").update(external_id="one")
    translations.apply(
        full,
        [
            {
                "language": "de",
                "title": "Alles gesagt",
                "units": [{"external_id": "one", "title": "Norden"}],
            },
            {"language": "ar", "title": "قراءة الخرائط"},
        ],
    )
    revision = revising.revision_of(full)
    Course.objects.filter(pk=revision.pk).update(title="All is said anew")
    given_back = complete_course(title="Given back", slug="given-back", **own)
    reviewing.submit(given_back, by=p.curator, at=TUESDAY)
    reviewing.give_back(given_back)
    actions.state_equivalence(
        course=full,
        counts_as=retired,
        since=TUESDAY.date(),
        reason="It says the same.",
        by=p.curator,
        at=TUESDAY,
    )


def runs_of_every_kind(p: People, own: dict[str, object]) -> None:
    day = NOW.date()
    a = datetime.timedelta
    course = published_course(title="In many runs", slug="runs", **own)
    for fields in [
        {"title": "Free", "price": 0},
        {"title": "Paid", "price": Decimal("49.90"), "currency": "EUR", "accepts_employer": True},
        {"title": "Full", "seats": 0},
        {"title": "Ended", "starts_on": day - a(20), "ends_on": day - a(10)},
        {"title": "Not open yet", "enrollment_opens_on": day + a(5)},
        {"title": "Closed", "enrollment_closes_on": day - a(1), "ends_on": day + a(9)},
        {"title": "By request", "needs_approval": True},
        {"title": "", "is_self_paced": False, "starts_on": day + a(7)},
        {
            "title": "Together",
            "is_self_paced": False,
            "is_cohort": True,
            "starts_on": day - a(3),
            "ends_on": day + a(30),
            "time_zone": "Asia/Kolkata",
            "seats": 12,
        },
        {"title": "", "is_external": True, "external_url": "https://provider.example/"},
        {"title": "", "is_external": True, "price": Decimal(5), "currency": "USD"},
    ]:
        CourseRunFactory(course=course, **fields)
    only_ended = published_course(title="Over", slug="over", **own)
    only_ended.runs.update(starts_on=day - a(20), ends_on=day - a(10))
    only_elsewhere = published_course(title="At the provider", slug="elsewhere", **own)
    only_elsewhere.runs.update(is_external=True)


def tracks_of_every_state(p: People, own: dict[str, object]) -> None:
    owner = {"organization": p.own}
    parts = [
        published_course(title=f"Part {n}", slug=f"part-{n}", lessons=n, ects=n, **own)
        for n in (1, 2, 3)
    ]
    TrackFactory(title="Draft of nothing", slug="draft", summary="", external_id=None, **owner)
    written = TrackFactory(title="Draft with a name", slug="draft-2", **owner)
    named = Achievement.objects.create(track=written, awarding_body=p.own)
    actions.draft_version(achievement=named)
    reviewed = TrackFactory(title="In review", slug="in-review", **owner)
    waiting = Achievement.objects.create(track=reviewed, awarding_body=p.own)
    rules.store(actions.draft_version(achievement=waiting), rules.any_of(*map(leaf, parts)))
    reviewing.submit(reviewed, by=p.curator, at=TUESDAY)
    lower = published_track(*parts[:2], title="Lower", slug="lower", **owner)
    upper = published_track(
        title="Upper",
        slug="upper",
        tree=rules.at_least(2, leaf(lower), leaf(parts[2]), leaf(parts[0])),
        kind=Achievement.Kind.CERTIFICATE,
        **owner,
    )
    # The next version asks for less.
    rules.store(
        actions.draft_version(achievement=upper.achievement),
        rules.any_of(leaf(lower), leaf(parts[2])),
    )
    reviewing.schedule(upper, publish_at=NOW + DAY, by=p.curator)
    asking = SkillFactory(label="asked for")
    leaves = [
        rules.CourseLeaf(parts[0].pk, min_grade=Decimal(60), max_age_months=12),
        rules.CourseLeaf(parts[1].pk, issuer_id=p.own.pk, allows_prior_learning=True),
    ]
    for title, tree in {
        "By hours": rules.Group(rules.Operator.CREDITS, tuple(leaves), n=2),
        "By credits": rules.Group(rules.Operator.ECTS, tuple(leaves), n=100),
        "By skills": rules.any_of(
            rules.SkillLeaf(asking.pk), rules.SkillLeaf(asking.pk, level=2), *leaves
        ),
        "Each once": rules.all_of(rules.any_of(*leaves), leaf(parts[2]), counts_once=True),
    }.items():
        published_track(title=title, tree=tree, **owner)
    gone = published_course(title="Gone", slug="gone", **own)
    published_track(gone, parts[0], title="Out of reach", slug="out-of-reach", **owner)
    actions.retire(item=gone)
    old = published_track(parts[0], title="Retired track", slug="retired", **owner)
    actions.retire(item=old)
    in_term(published_track(parts[0], title="For a year", slug="a-year", **owner))


def in_term(item: Track, months: int = 12) -> None:
    draft = actions.draft_version(achievement=item.achievement)
    rules.store(draft, rules.load(item.achievement.versions.current().get()))
    draft.valid_months = months
    draft.save()
    actions.publish_track(track=item, at=TUESDAY)


def skills_of_every_state(p: People, own: dict[str, object]) -> None:
    bare, gone = SkillFactory(label="bare"), SkillFactory(label="gone", retired_at=TUESDAY)
    SkillFactory(label="told", alt_labels="said\nmeant", description="It is told.")
    SkillFactory(label="of another framework", uri="urn:skill:1")
    job = needs(OccupationFactory(label="cartographer"), Skill.objects.get(label="reading maps"))
    needs(job, bare, gone, relation=OccupationSkill.Relation.OPTIONAL)
    OccupationFactory(label="asks for nothing")
    OccupationFactory(label="was", retired_at=TUESDAY)
    asks = published_course(title="Asks for much", slug="asks", **own)
    parts = Course.objects.get(slug="part-1"), Track.objects.get(slug="upper")
    prerequisites.store(asks, rules.all_of(*map(leaf, parts), rules.SkillLeaf(bare.pk)))
