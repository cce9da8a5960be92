"""axe-core finds nothing (WCAG 2.2 AA), in light, in dark and on a phone; nothing overflows."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page

from accounts import actions as account_actions
from accounts.models import User
from catalog.models import CourseSkill, CriterionLevel
from credentials import tasks
from credentials.models import Credential
from enrollment import actions
from notifications import links
from notifications.actions import notify
from tests.browser.conftest import session_of
from tests.credentials.claims import (
    badge_from_abroad,
    badge_from_here,
    claimed,
    confirmed,
    granted,
)
from tests.enrollment.assignments import assignment_unit, handed_in, mark
from tests.enrollment.quizzes import all_right, enrolled, quiz_unit, started
from tests.enrollment.teaching import a_run, a_session, attend, join
from tests.factories import (
    TUESDAY,
    CourseRunFactory,
    MembershipFactory,
    OccupationFactory,
    QuestionFactory,
    SkillFactory,
    UnitFactory,
    UserFactory,
    needs,
    published_course,
    published_track,
)
from tests.wallets.host import READ, Host, brought

AXE = (Path(__file__).parents[1] / "vendor" / "axe-core" / "axe.min.js").read_text()
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
STILL = {"bypass_csp": True, "reduced_motion": "reduce"}
"""axe is not of the page, and colors on their way to others are no fault."""
SCREENS = {"desk": {"width": 1280, "height": 900}, "phone": {"width": 320, "height": 640}}


@pytest.fixture
def pages(transactional_db) -> tuple[dict[str, str], str]:
    """Every public and learner page with something on it, and the learner's session."""
    learner = UserFactory(credential_name="Grace Hopper")
    done = published_course(title="A course that is done")
    open_course = published_course(title="A course under way", quiz=True, lessons=2)
    track = published_track(done, open_course, title="A track over both")
    published_track(track, done, title="A diploma", kind="Diploma")
    finished = actions.enroll(learner=learner, run=done.runs.get(), at=TUESDAY)
    actions.finish_unit(enrollment=finished, unit=done.units.get(), at=TUESDAY)
    tasks.judge()
    active = actions.enroll(learner=learner, run=open_course.runs.get(), at=TUESDAY)
    lesson, other, quiz = open_course.units.all()
    failed = QuestionFactory(unit=UnitFactory(course=open_course, position=9, quiz=True)).unit
    wrong = {q.pk: {q.choices.get(is_correct=False).pk} for q in failed.questions.all()}
    actions.finish_unit(enrollment=active, unit=other, at=TUESDAY)
    actions.submit_quiz(enrollment=active, unit=failed, answers=wrong, at=TUESDAY)
    left = actions.enroll(learner=learner, run=published_course().runs.get(), at=TUESDAY)
    actions.withdraw(enrollment=left, at=TUESDAY)
    full = CourseRunFactory(course=published_course(title="A course that is full"), seats=1)
    actions.enroll(learner=UserFactory(), run=full, at=TUESDAY)
    waiting = actions.enroll(learner=learner, run=full, at=TUESDAY)
    task = assignment_unit(10, 5, course=open_course, position=10)
    CriterionLevel.objects.create(criterion=task.criteria.first(), points=10, text="All of it")
    mark(handed_in(task, active), 3, 2, comment="Draw a legend.")
    MembershipFactory(user=learner, organization=open_course.provider, role="reviewer")
    work = handed_in(task)
    kinds, limited, used_up = quiz_unit(), quiz_unit(max_attempts=2), quiz_unit(max_attempts=1)
    taking, before, over = (enrolled(unit, learner) for unit in (kinds, limited, used_up))
    half = started(used_up, over)
    right = list(all_right(half).items())
    actions.submit_attempt(attempt=half, responses=dict(right[::2]), at=TUESDAY)
    credential = Credential.objects.get(award__learner=learner)
    skill = SkillFactory(
        label="interpret financial statements",
        alt_labels="read financial statements\nunderstand accounts",
        description="Read what the accounts of a company say.",
        retired_at=TUESDAY,
    )
    CourseSkill.objects.create(course=done, skill=skill)
    analyst = needs(OccupationFactory(label="financial analyst", isco08="2413"), skill)
    needs(analyst, SkillFactory(), relation="optional")
    actions.aim_for(learner=learner, occupation=analyst, at=TUESDAY)
    arabic = published_course(title="قراءة الخرائط", summary="ابحث عن الطريق.", language="ar")
    arabic.translations.create(language="de", title="Karten lesen")
    for number, kind in enumerate(("waitlisted", "completed", "cohort")):
        said = {"course": done, "place": 1, "sender": "Ada", "body": "Read https://example.org/."}
        notify(recipient=learner, kind=kind, key=f"{number}", context=said, link="/", at=TUESDAY)
    message = learner.messages.get(kind="cohort")
    gone = actions.enroll(learner=UserFactory(), run=done.runs.get(), at=TUESDAY)
    actions.finish_unit(enrollment=gone, unit=done.units.get(), at=TUESDAY)
    tasks.judge()
    forgotten = Credential.objects.get(award__learner=gone.learner)
    account_actions.request_erasure(user=gone.learner, by=gone.learner, at=TUESDAY)
    account_actions.erase_due(at=TUESDAY)
    learning = f"/learning/{active.public_id}/"
    return {
        "home": "/",
        "courses": "/courses/?q=course",
        "filtered": "/courses/?field=other&hours_to=90&price=free&sort=hours",
        "provider": f"/providers/{done.provider.slug}/",
        "nothing found": "/courses/?q=zzz",
        "course": open_course.get_absolute_url(),
        "tracks": "/tracks/",
        "track": track.get_absolute_url(),
        "skill": skill.get_absolute_url(),
        "occupations": "/occupations/?q=analyst",
        "no occupation": "/occupations/?q=zzz",
        "occupation": analyst.get_absolute_url(),
        "notices": "/notices/",
        "verify": "/verify/",
        "verified": f"/verify/?address={credential.public_id}",
        "not verified": "/verify/?address=none",
        "issuer": f"/issuers/{done.awarding_body.slug}",
        "achievement": f"/achievements/{done.achievement.public_id}",
        "api docs": "/api/docs/",
        "not found": "/nothing-here",
        "development mail": "/dev/mail/",
        "my learning": "/learning/",
        "my course": learning,
        "done course": f"/learning/{finished.public_id}/",
        "lesson": f"{learning}units/{lesson.public_id}/",
        "quiz": f"{learning}units/{quiz.public_id}/",
        "quiz of every kind": f"/learning/{taking.public_id}/units/{kinds.public_id}/",
        "before a quiz": f"/learning/{before.public_id}/units/{limited.public_id}/",
        "quiz that is over": f"/learning/{over.public_id}/units/{used_up.public_id}/",
        "assignment": f"{learning}units/{task.public_id}/",
        "reviewing": "/reviewing/",
        "nothing marked": "/reviewing/?show=marked&page=2",
        "marking": f"/reviewing/{work.public_id}/",
        **teaching_pages(learner),
        **prior_learning_pages(learner),
        "quiz result": f"{learning}units/{failed.public_id}/",
        "withdraw": f"{learning}withdraw",
        "waitlist": f"/learning/{waiting.public_id}/",
        "course that is full": full.course.get_absolute_url(),
        "course that is done": done.get_absolute_url(),
        "no longer taken": f"/learning/{left.public_id}/",
        "credentials": "/credentials/",
        "credential": credential.get_absolute_url(),
        "connected apps": "/profile/apps/",
        "badge of others": brought(learner).get_absolute_url(),
        "let an app in": question_of_an_app(),
        "wallet": f"{credential.get_absolute_url()}/wallet",
        "why it was awarded": f"/achievements/{done.achievement.public_id}/why",
        "why not yet": f"/achievements/{track.achievement.public_id}/why",
        "appeal": f"/achievements/{open_course.achievement.public_id}/appeal",
        "inbox": "/inbox/",
        "message": message.get_absolute_url(),
        "choice of mail": "/inbox/settings/",
        "unsubscribe": f"/unsubscribe/{links.token(user=learner, what='graded')}/",
        "cannot unsubscribe": "/unsubscribe/none/",
        "forgotten credential": forgotten.get_absolute_url(),
        "profile": "/profile/",
        "data": "/profile/data/",
        "erase": "/profile/erase/",
        "erased": "/erased/",
        "e-mail": "/account/email/",
        "password": "/account/password/change/",
        "sign out": "/account/logout/",
        "read from the right": arabic.get_absolute_url(),
        "in another language": f"{arabic.get_absolute_url()}?in=de",
    }, session_of(learner)


def question_of_an_app() -> str:
    host = Host()
    host.register()
    return host.question(scope=f"{READ} offline_access")


def teaching_pages(user: User) -> dict[str, str]:
    """Those of an instructor, and a learner's with a live session."""
    taught = a_run(title="A course that is taught", quiz=True)
    MembershipFactory(user=user, organization=taught.course.provider, role="instructor")
    session = a_session(taught, place="Room 1", url="https://meet.example.org/a")
    attend(join(taught, "Ada Lovelace"), session=session, by=user)
    join(taught, status="requested")
    join(taught, status="waitlisted", waitlist_place=1)
    number = taught.public_id
    actions.write_to_cohort(
        run=taught, public_id=number, audience="all", body="Hello.", by=user, at=TUESDAY
    )
    own = actions.enroll(learner=user, run=taught, at=TUESDAY)
    run, learning = f"/teaching/{number}/", f"/learning/{own.public_id}/"
    return {
        "teaching": "/teaching/",
        "no run is over": "/teaching/?show=over",
        "cohort": run,
        "nobody in the cohort": f"{run}?show=completed",
        "waiting": f"{run}waiting/",
        "sessions": f"{run}sessions/",
        "attendance": f"{run}sessions/{session.public_id}/",
        "grades": f"{run}grades/",
        "write to the cohort": f"{run}write/",
        "live session": f"{learning}units/{session.unit.public_id}/",
        "course with sessions": learning,
    }


def prior_learning_pages(user: User) -> dict[str, str]:
    """Those of a learner, and of a curator."""
    course = published_course(title="A course that can be recognized")
    MembershipFactory(user=user, organization=course.provider, role="curator")
    mine = claimed(user, course=course, badge=badge_from_here(confirmed(user.email, user=user)))
    waiting = claimed(confirmed(), course=course, badge=badge_from_abroad())
    decided = granted(claimed(course=course), course)
    return {
        "prior learning": "/prior-learning/",
        "show a badge": "/prior-learning/badge",
        "show evidence": "/prior-learning/evidence",
        "my claim": mine.get_absolute_url(),
        "recognizing": "/recognizing/",
        "recognized": "/recognizing/?show=decided",
        "claim to decide": f"/recognizing/{waiting.public_id}/",
        "decided claim": f"/recognizing/{decided.public_id}/",
    }


GUESTS = ("/account/login/", "/account/signup/", "/account/password/reset/")


def faults(page: Page) -> list[str]:
    page.evaluate(AXE)
    run = "only => axe.run(document, {runOnly: only})"
    found = page.evaluate(run, {"type": "tag", "values": RULES})["violations"]
    # In the dark nothing but the colors is different.
    page.emulate_media(color_scheme="dark")
    found += page.evaluate(run, {"type": "rule", "values": ["color-contrast"]})["violations"]
    page.emulate_media(color_scheme="light")
    wide = page.evaluate(
        "document.documentElement.scrollWidth > document.documentElement.clientWidth"
    )
    return [
        *(f"{rule['id']}: {node['html'][:160]}" for rule in found for node in rule["nodes"]),
        *(["it is wider than the screen"] if wide else []),
    ]


@pytest.mark.parametrize("screen", SCREENS)
def test_axe_finds_nothing(screen, browser: Browser, site, pages):
    addresses, session = pages
    context = browser.new_context(viewport=SCREENS[screen], **STILL)
    page = context.new_page()
    found = {}
    for path in GUESTS:
        page.goto(f"{site}{path}")
        found[path] = faults(page)
    context.add_cookies([{"name": "sessionid", "value": session, "url": site}])
    for name, path in addresses.items():
        page.goto(f"{site}{path}")
        assert page.url == f"{site}{path}", "another page stands in for it"
        found[name] = faults(page)
    context.close()

    assert {name: faults for name, faults in found.items() if faults} == {}
