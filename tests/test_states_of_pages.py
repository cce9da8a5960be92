"""Every page of everybody, for rows in every state: none breaks, and none says what it cannot mean.

In a run of all tests each page is read in one of the languages. ``EXAMPLES_TIMES=2`` reads it in
all of them, and more of what everybody sees.
"""

from __future__ import annotations

import json
import re
from collections import Counter, defaultdict
from collections.abc import Iterator

import pytest
import time_machine
from django.apps import apps
from django.test import Client
from django.urls import resolve

from tests import states
from tests.states import addresses, reading
from tests.states.outside import token_of
from tests.states.people import NOW
from tests.tries import TIMES
from tests.worlds import made_once

pytestmark = pytest.mark.django_db

LANGUAGES = ("en", "de", "es")
STATES = {
    *("Enrollment.status", "Enrollment.completed_by", "Correction.kind", "Exemption.status"),
    *("Order.status", "Order.method", "Submission.status", "Review.decision"),
    *("Course.status", "Track.status", "Award.revocation_cause", "Credential.visibility"),
    *("Transcript.visibility", "PriorLearningClaim.status", "Delivery.event"),
    *("Question.kind", "Unit.kind"),
}
"""Fields of which the world has all values."""
EMPTY_OR_NOT = {
    *("Award.expires_at", "Award.granted_by", "Award.issued_at", "Award.renews"),
    *("Award.revoked_at", "Award.revoked_by", "Credential.erased_at", "Credential.revoked_at"),
    *("Credential.suspended_at", "Credential.supersedes", "CredentialJwt.signed_at"),
    *("AwardEvidence.enrollment", "AwardEvidence.supporting_award", "AwardEvidence.recognition"),
    *("Endorsement.published_at", "Endorsement.signed_at", "Endorsement.revoked_at"),
    *("Transcript.signed_at", "Transcript.deleted_at", "Halt.lifted_at", "Halt.achievement"),
    *("Refusal.lifted_at", "Appeal.answered_at", "Recognition.withdrawn_at", "Recognition.until"),
    *("RulePreview.done_at", "SigningKey.retired_at", "SigningKey.distrusted_at"),
    *("Enrollment.withdrawn_at", "Enrollment.taken_again_at", "Enrollment.grade"),
    *("Enrollment.due_on", "QuizAttempt.submitted_at", "QuizAttempt.due_at", "Order.paid_at"),
    *("CourseRun.starts_on", "CourseRun.ends_on", "CourseRun.seats", "CourseRun.price"),
    *("Course.ects", "Course.eqf_level", "Course.min_grade", "Course.publish_at"),
    *("Skill.retired_at", "Unit.until_edition", "User.last_login", "User.erased_at"),
    *("Offer.redeemed_at", "Delivery.delivered_at", "RegisteredApp.first_allowed_at"),
    *("Message.sent_at", "Message.read_at", "DataExport.made_at"),
}


@pytest.fixture(scope="module", autouse=True)
def _at_one_time(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    folder = tmp_path_factory.mktemp("states")
    with time_machine.travel(NOW), pytest.MonkeyPatch.context() as patch:
        patch.setattr("django.conf.settings.PRIVATE_MEDIA_ROOT", folder)
        patch.setattr("django.conf.settings.REVOCATION_JOURNAL", folder / "journal.jsonl")
        yield


built = made_once(states.build)


def _fields() -> Iterator[tuple[str, object]]:
    for app in ("accounts", "catalog", "credentials", "enrollment", "notifications", "wallets"):
        for model in apps.get_app_config(app).get_models():
            for field in model._meta.concrete_fields:
                yield f"{model.__name__}.{field.name}", field


FIELDS = dict(_fields())


@pytest.mark.usefixtures("built")
@pytest.mark.parametrize("name", sorted(STATES))
def test_the_world_has_every_state(name):
    field = FIELDS[name]
    rows = field.model._base_manager.order_by()

    assert {value for value, _ in field.flatchoices} <= set(rows.values_list(field.name, flat=True))


@pytest.mark.usefixtures("built")
@pytest.mark.parametrize("name", sorted(EMPTY_OR_NOT))
def test_the_world_has_what_is_said_and_what_is_not(name):
    field = FIELDS[name]
    empty = Counter(
        value is None for value in field.model._base_manager.values_list(field.name, flat=True)
    )

    assert set(empty) == {True, False}


NOT_FOLLOWED = ("/static/", "/account/logout/", "/admin/logout/", "/language/", "/api/docs/")


class Visitor:
    """Reads pages, and keeps what is wrong with them: the fault → where it was seen."""

    def __init__(self, client: Client) -> None:
        self.client = client
        self.wrong: defaultdict[str, set[str]] = defaultdict(set)
        self.linked: dict[str, str] = {}
        self.seen: dict[str, int] = {}

    def read(self, path: str, language: str = "en") -> None:
        self.seen[path] = 500
        try:
            answer = self.client.get(
                path, headers={"accept-language": language, "host": reading.SITE}
            )
        except Exception as error:  # whatever it is, it is a page that nobody can read
            self.wrong[f"{type(error).__name__}: {error}"].add(f"{path} ({language})")
            return
        status, kind = answer.status_code, answer.get("Content-Type", "")
        self.seen[path] = status
        # Without a worker nothing is ready.
        if status >= 500 and path != "/readyz":
            self.wrong[f"status {status}"].add(path)
        if answer.streaming:
            b"".join(answer.streaming_content)
        elif kind.startswith("text/html"):
            for fault in reading.faults(answer.text):
                self.wrong[fault].add(f"{path} ({language})")
            for link in reading.links(answer.text, path) if status < 400 else ():
                self.linked.setdefault(link, path)
        elif "json" in kind:
            json.loads(answer.content)
        elif kind.startswith(("text/", "image/svg")):
            assert "None" not in answer.text, path

    def follow(self) -> None:
        """Where the pages lead that were read: one of a kind, with more time all.

        Whatever was read may be linked only if it was not refused.
        """
        followed: Counter[str] = Counter()
        for path, page in list(self.linked.items()):
            if path.startswith(NOT_FOLLOWED):
                continue
            if path not in self.seen:
                name = resolve(path.split("?")[0]).view_name
                followed[name] += 1
                if TIMES == 1 and followed[name] > 1:
                    continue
                self.read(path)
            # What was erased is gone, and its page says so; without a worker nothing is ready.
            if self.seen[path] >= 400 and self.seen[path] not in {410, 503}:
                self.wrong[f"status {self.seen[path]}"].add(f"{path} on {page}")


def visitor(p: states.People, name: str) -> Visitor:
    if name == "program":
        return Visitor(Client(headers={"authorization": f"Bearer {token_of(p)}"}))
    client = Client()
    if name != "anonymous":
        client.force_login(getattr(p, name))
    return Visitor(client)


LOOKS_AT = {
    "ada": r"(?!api)(?!enrollment:(cohort|waiting|write|grades|sessions|attendance|marking))",
    "anonymous": r"catalog:|credentials:(?!why|appeal|claim|recognize)|wallets:ob|accounts:",
    "instructor": r"enrollment:(teaching|cohort|waiting|write|grades|sessions|attendance)",
    "program": r"api:",
}
"""Routes, as a pattern. The others answer them with a refusal; all the same, all are read when
there is more time."""
PICTURES = r"credentials:(card|badge_png|badge_svg|achievement_badge)"
ALL = ("nameless", "other", "reviewer", "admin") if TIMES > 1 else ()


@pytest.mark.parametrize("name", ["ada", "anonymous", "instructor", "program", *ALL])
def test_no_page_breaks_or_says_what_it_cannot_mean(name, built):
    reader = visitor(built, name)
    for route, paths in addresses.of_routes(built).items():
        if (TIMES == 1 and not re.match(LOOKS_AT[name], route)) or route == "api:docs":
            continue
        some = paths[::9] if TIMES == 1 and re.match(PICTURES, route) else paths
        for number, path in enumerate(some):
            for language in LANGUAGES if TIMES > 1 else [LANGUAGES[number % 3]]:
                reader.read(path, language)

    reader.follow()

    assert {fault: sorted(where) for fault, where in reader.wrong.items()} == {}


@pytest.mark.parametrize("name", ["curator", *ALL[-1:]])
def test_no_page_of_the_admin_breaks_or_leads_where_its_reader_may_not_go(name, built):
    reader = visitor(built, name)
    for path in addresses.of_the_admin():
        reader.read(path)

    reader.follow()

    assert {fault: sorted(where) for fault, where in reader.wrong.items()} == {}
