"""The addresses of the site for all rows of the world, route by route, and of the admin."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from django.contrib import admin
from django.db import models
from django.urls import reverse

from accounts.models import DataExport, Organization
from catalog.models import (
    Achievement,
    AchievementVersion,
    Course,
    CourseRun,
    LiveSession,
    Occupation,
    Skill,
    Track,
    Unit,
)
from credentials.models import (
    Credential,
    Endorsement,
    PriorLearningClaim,
    PriorLearningFile,
    StatusList,
    Transcript,
)
from enrollment import calendars
from enrollment.admin.enrollments import DECISIONS
from enrollment.models import Enrollment, Submission, SubmittedFile
from notifications import links
from notifications.models import Kind, Message
from tests.states.people import People
from tests.test_routes import PLAIN
from tests.tries import TIMES
from wallets.models import BroughtBadge

NOT_READ = {
    # They change something, or ask for a form to be sent: ``test_routes`` has what they answer.
    *("account_logout", "account_confirm_email", "account_reset_password_from_key"),
    *("accounts:language", "notifications:read_all", "enrollment:time", "enrollment:finish"),
    *("enrollment:submit", "enrollment:start", "enrollment:hand_in", "credentials:visibility"),
    *("credentials:transcript_visibility", "credentials:pursue", "credentials:take_back"),
    *("wallets:disconnect", "wallets:remove_badge", "credentials:forget_did"),
    # Its address is told once.
    "wallets:offer",
}


def of_routes(p: People) -> dict[str, list[str]]:
    """Route → addresses."""
    rows = {name: list(found) for names, found in _arguments(p) for name in names}
    found = {}
    for route in PLAIN:
        if route.name in rows:
            found[route.name] = [reverse(route.name, kwargs=one) for one in rows[route.name]]
        elif route.name not in NOT_READ:
            assert "<" not in route.pattern, f"say of what rows there are pages: {route}"
            found[route.name] = [route.pattern]
    return found


def _arguments(p: People) -> Iterator[tuple[list[str], Iterable[dict[str, Any]]]]:
    def of(model: Any, name: str = "public_id", key: str = "public_id") -> list[dict[str, Any]]:
        rows = model if isinstance(model, models.QuerySet) else model.objects.all()
        some = rows.filter(pk__in=of_each_state(rows)).order_by("pk")
        return [{name: value} for value in some.values_list(key, flat=True)]

    def named(app: str, *names: str) -> list[str]:
        return [f"{app}:{name}" for name in names]

    taken = Enrollment.objects.all()
    yield named("catalog", "course", "course_ctdl"), of(Course, "slug", "slug")
    yield named("enrollment", "exemption"), of(Course, "slug", "slug")
    yield named("catalog", "track", "track_ctdl"), of(Track, "slug", "slug")
    yield named("catalog", "provider"), of(Organization, "slug", "slug")
    yield named("credentials", "issuer", "did_document"), of(Organization, "slug", "slug")
    yield named("catalog", "skill"), of(Skill)
    yield named("catalog", "occupation"), of(Occupation)
    yield named("enrollment", "goal"), of(Occupation, "occupation_id")
    yield named("catalog", "sitemap_section"), [{"section": "courses"}, {"section": "tracks"}]
    pages = ("credential", "download", "badge_png", "badge_svg", "certificate", "elm", "card")
    yield named("credentials", *pages, "jwt"), of(Credential)
    yield named("wallets", "offering"), of(Credential)
    transcripts = ("transcript", "transcript_json", "transcript_jwt", "delete_transcript")
    yield named("credentials", *transcripts), of(Transcript)
    pages = ("why", "appeal", "achievement", "achievement_ctdl")
    yield named("credentials", *pages), of(Achievement)
    yield (
        ["credentials:achievement_badge"],
        [
            {"public_id": one.achievement.public_id, "number": one.number}
            for one in AchievementVersion.objects.select_related("achievement")
        ],
    )
    yield named("credentials", "endorsement"), of(Endorsement)
    yield named("credentials", "status_list", "suspension_list"), of(StatusList)
    yield named("credentials", "claim", "recognize"), of(PriorLearningClaim, "claim_id")
    yield named("credentials", "claim_file"), of(PriorLearningFile, "file_id")
    yield named("notifications", "message"), of(_one_of_each(Message, "kind", "recipient"))
    kinds = [{"token": links.token(user=p.ada, what=what)} for what in Kind]
    yield named("notifications", "unsubscribe"), kinds
    yield named("wallets", "badge", "download_badge"), of(BroughtBadge)
    pages = ("course", "accept", "move", "withdraw", "take_again")
    yield named("enrollment", *pages), of(taken, "enrollment_id")
    units = [
        {"enrollment_id": one.public_id, "unit_id": unit.public_id}
        for one in taken.filter(pk__in=of_each_state(taken)).select_related("run")
        for unit in Unit.of_all_editions.filter(course=one.run.course_id)
    ]
    yield named("enrollment", "unit"), units
    pages = ("cohort", "waiting", "write", "grades", "grades_file", "sessions", "enroll")
    yield named("enrollment", *pages), of(CourseRun, "run_id")
    sessions = LiveSession.objects.select_related("run")
    yield (
        ["enrollment:attendance"],
        [{"run_id": one.run.public_id, "session_id": one.public_id} for one in sessions],
    )
    yield named("enrollment", "marking", "correct"), of(Submission, "submission_id")
    yield named("enrollment", "file"), of(SubmittedFile, "file_id")
    calendar = [calendars.calendar_address(one) for one in (p.ada, p.nameless, p.admin)]
    tokens = [{"token": one.split("/")[-1].removesuffix(".ics")} for one in calendar]
    yield named("enrollment", "calendar"), tokens
    yield named("accounts", "download"), of(DataExport)
    yield named("api", "course"), of(Course)
    yield named("api", "track"), of(Track)
    yield named("api", "completion"), of(Enrollment)


def _one_of_each(model: Any, *names: str) -> Any:
    first = model.objects.order_by().values(*names).annotate(first=models.Min("pk"))
    return model.objects.filter(pk__in=first.values("first"))


def of_the_admin() -> Iterator[str]:
    """For a row of each state of each model."""
    yield reverse("admin:index")
    for model, pages in admin.site._registry.items():
        rows = of_each_state(model._base_manager.all(), depth=0)
        for page in pages.get_urls():
            if not page.name:
                continue
            name = f"admin:{page.name}"
            if "<" not in str(page.pattern):
                yield reverse(name)
                continue
            is_told = TIMES > 1 or page.name.endswith("_change")
            for number, pk in enumerate(rows if is_told else rows[::5]):
                if "<slug:name>" not in str(page.pattern):
                    yield reverse(name, args=[pk])
                    continue
                some = list(DECISIONS)
                for decision in some if TIMES > 1 else [some[number % len(some)]]:
                    yield reverse(name, args=[pk, decision])


def of_each_state(rows: models.QuerySet[Any], depth: int = 1) -> list[Any]:
    """The keys of rows that differ in what they chose, and in what they leave open."""
    if TIMES > 1:
        return list(rows.values_list("pk", flat=True))
    found: dict[object, Any] = {}
    for row in rows.order_by("pk"):
        found.setdefault(_state(row, depth), row.pk)
    return list(found.values())


FOLLOWED = {"award", "run", "course", "track", "achievement", "learner", "enrollment", "version"}
"""What a page says of a row depends on the states of these, too."""


def _state(row: Any, depth: int) -> tuple[Any, ...]:
    state: list[Any] = [type(row)]
    for field in row._meta.concrete_fields:
        if field.name in FOLLOWED and depth:
            one = getattr(row, field.name)
            state.append(_state(one, depth - 1) if one else None)
        elif field.choices and field.name not in {"field", "assessment", "participation"}:
            state.append(getattr(row, field.attname))
        elif field.null and field.name != "external_id":
            state.append(getattr(row, field.attname) is None)
    if isinstance(row, Achievement) and depth:
        said = [*row.awards.order_by("-pk")[:2], *row.refusals.all(), *row.appeals.all()]
        state += [_state(one, 0) for one in said]
    return tuple(state)
