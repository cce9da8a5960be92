"""Every address of the site, and what each kind of visitor gets there.

A route that stands in no table fails the tests: whoever adds one says here who may see it.
"""

from __future__ import annotations

import copy
import datetime
import re
from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver
from django.utils import timezone
from oauth2_provider.models import AccessToken

from accounts.models import ApiClient, Membership
from credentials import actions as credential_actions
from credentials import tasks
from credentials.models import Award, Credential
from enrollment import actions, calendars
from enrollment.models import SubmittedFile
from notifications import links
from notifications.actions import notify
from tests.credentials.claims import claimed
from tests.credentials.endorsed import endorsed
from tests.enrollment.assignments import assignment_unit, handed_in
from tests.enrollment.teaching import a_session
from tests.factories import (
    TUESDAY,
    MembershipFactory,
    OccupationFactory,
    OrganizationFactory,
    QuestionFactory,
    SkillFactory,
    UnitFactory,
    UserFactory,
    needs,
    published_course,
    published_track,
)
from tests.wallets.host import brought
from tests.worlds import made_once

pytestmark = pytest.mark.django_db

VISITORS = ("anonymous", "owner", "learner", "curator", "client")
PUBLIC = (200, 200, 200, 200, 200)
PRIVATE = (302, 200, 200, 200, 302)
OWN = (302, 200, 404, 404, 302)
POST_ONLY = (302, 405, 405, 405, 302)
API = (401, 401, 401, 401, 200)
GUESTS_ONLY = (200, 302, 302, 302, 200)

ROUTES: dict[str, tuple[int, ...]] = {
    "healthz": PUBLIC,
    "readyz": (503,) * 5,
    "catalog:home": PUBLIC,
    "catalog:courses": PUBLIC,
    "catalog:course": PUBLIC,
    "catalog:tracks": PUBLIC,
    "catalog:track": PUBLIC,
    "catalog:skill": PUBLIC,
    "catalog:occupations": PUBLIC,
    "catalog:occupation": PUBLIC,
    "catalog:notices": PUBLIC,
    "catalog:course_ctdl": PUBLIC,
    "catalog:track_ctdl": PUBLIC,
    "catalog:provider": PUBLIC,
    "catalog:sitemap": PUBLIC,
    "catalog:sitemap_section": PUBLIC,
    "catalog:robots": PUBLIC,
    "accounts:profile": PRIVATE,
    "accounts:data": PRIVATE,
    # Of nobody's archive.
    "accounts:download": (302, 404, 404, 404, 302),
    "accounts:erase": PRIVATE,
    "accounts:erased": PUBLIC,
    # Of a language that the site does not speak.
    "accounts:language": (404,) * 5,
    "accounts:dev_mail": PUBLIC,
    "notifications:inbox": PRIVATE,
    "notifications:read_all": (302,) * 5,
    "notifications:settings": PRIVATE,
    "notifications:message": OWN,
    # Its token is the authority.
    "notifications:unsubscribe": PUBLIC,
    "enrollment:home": PRIVATE,
    # Its token is the authority.
    "enrollment:calendar": PUBLIC,
    "enrollment:enroll": (302,) * 5,
    # Only a POST aims for it: on to the occupation's page.
    "enrollment:goal": (302,) * 5,
    # The course asks for nothing beforehand: on to its page.
    "enrollment:exemption": (302,) * 5,
    "enrollment:course": OWN,
    "enrollment:accept": (302, 302, 404, 404, 302),
    "enrollment:move": OWN,
    "enrollment:time": POST_ONLY,
    "enrollment:withdraw": (302, 302, 404, 404, 302),
    "enrollment:take_again": (302, 302, 404, 404, 302),
    "enrollment:unit": OWN,
    "enrollment:finish": (302, 302, 404, 404, 302),
    # The unit is a lesson.
    "enrollment:submit": (302, 404, 404, 404, 302),
    "enrollment:start": (302, 404, 404, 404, 302),
    "enrollment:hand_in": (302, 404, 404, 404, 302),
    # Of another's work, in a course of an organization for which none of them reviews.
    "enrollment:file": (302, 404, 404, 404, 302),
    "enrollment:reviewing": PRIVATE,
    "enrollment:marking": (302, 404, 404, 404, 302),
    "enrollment:correct": (302, 404, 404, 404, 302),
    # Their own runs, which may be none.
    "enrollment:teaching": PRIVATE,
    # Of an organization for which none of them teaches.
    "enrollment:cohort": (302, 404, 404, 404, 302),
    "enrollment:waiting": (302, 404, 404, 404, 302),
    "enrollment:write": (302, 404, 404, 404, 302),
    "enrollment:grades": (302, 404, 404, 404, 302),
    "enrollment:grades_file": (302, 404, 404, 404, 302),
    "enrollment:sessions": (302, 404, 404, 404, 302),
    "enrollment:attendance": (302, 404, 404, 404, 302),
    "credentials:mine": PRIVATE,
    # The holder keeps it to themselves: for all others it does not exist.
    "credentials:credential": (404, 200, 404, 404, 404),
    "credentials:download": (404, 200, 404, 404, 404),
    # Nobody has asked for it yet.
    "credentials:badge_png": (404, 200, 404, 404, 404),
    "credentials:badge_svg": (404, 200, 404, 404, 404),
    "credentials:certificate": (404, 200, 404, 404, 404),
    "credentials:elm": (404, 200, 404, 404, 404),
    "credentials:card": (404, 200, 404, 404, 404),
    "credentials:jwt": (404,) * 5,
    "credentials:visibility": POST_ONLY,
    "credentials:choose_for_transcript": PRIVATE,
    "credentials:learner_did": PRIVATE,
    "credentials:forget_did": POST_ONLY,
    # Nothing is chosen: on to the choice.
    "credentials:new_transcript": (302,) * 5,
    # Its learner keeps it to themselves.
    "credentials:transcript": (404, 200, 404, 404, 404),
    "credentials:transcript_json": (404, 200, 404, 404, 404),
    "credentials:transcript_jwt": (404, 200, 404, 404, 404),
    "credentials:transcript_visibility": POST_ONLY,
    "credentials:delete_transcript": OWN,
    "credentials:achievement": PUBLIC,
    "credentials:achievement_ctdl": PUBLIC,
    "credentials:register": PUBLIC,
    "credentials:endorsement": PUBLIC,
    "credentials:appeal": PRIVATE,
    "credentials:pursue": POST_ONLY,
    "credentials:why": PRIVATE,
    "credentials:achievement_badge": PUBLIC,
    "credentials:issuer": PUBLIC,
    "credentials:did_document": PUBLIC,
    "credentials:platform_did_document": PUBLIC,
    "credentials:did_document_at_the_root": PUBLIC,
    "credentials:status_list": PUBLIC,
    "credentials:suspension_list": PUBLIC,
    "credentials:verify": PUBLIC,
    "credentials:offline_verifier": PUBLIC,
    "credentials:prior_learning": PRIVATE,
    "credentials:claim_badge": PRIVATE,
    "credentials:claim_with_evidence": PRIVATE,
    "credentials:claim": OWN,
    "credentials:take_back": (302, 302, 404, 404, 302),
    # Of another's claim, to an organization that none of them curates.
    "credentials:claim_file": (302, 404, 404, 404, 302),
    # Those for their own organizations, which may be none.
    "credentials:recognizing": PRIVATE,
    "credentials:recognize": (302, 404, 404, 404, 302),
    # Of an address that nobody drew: its token is the authority.
    "wallets:offer": (404,) * 5,
    "wallets:credential_issuer": PUBLIC,
    "wallets:authorization_server": PUBLIC,
    "wallets:token": (405,) * 5,
    "wallets:nonce": (405,) * 5,
    "wallets:credential": (405,) * 5,
    "wallets:deferred": (405,) * 5,
    "wallets:notification": (405,) * 5,
    "wallets:offering": OWN,
    # Nothing is asked for.
    "wallets:authorize": (302, 400, 400, 400, 302),
    "wallets:register": (405,) * 5,
    "wallets:revoke": (405,) * 5,
    "wallets:apps": PRIVATE,
    "wallets:disconnect": POST_ONLY,
    "wallets:badge": OWN,
    "wallets:download_badge": OWN,
    "wallets:remove_badge": POST_ONLY,
    "wallets:ob_discovery": PUBLIC,
    # A program of an organization has nothing to look for in what people have.
    "wallets:ob_credentials": (401,) * 5,
    "wallets:ob_profile": (401,) * 5,
    "wallets:clr_discovery": PUBLIC,
    "wallets:clr_credentials": (401,) * 5,
    "wallets:clr_profile": (401,) * 5,
    "api:token": (405,) * 5,
    "api:revoke_token": (405,) * 5,
    "api:docs": PUBLIC,
    "api:schema": PUBLIC,
    "api:courses": API,
    "api:course": API,
    "api:course_search": API,
    "api:tracks": API,
    "api:track": API,
    "api:completions": API,
    # Its learner works elsewhere than the client's organization.
    "api:completion": (401, 401, 401, 401, 404),
    "api:verify": (401, 401, 401, 401, 405),
    "api:nothing_here": (404,) * 5,
    "account_login": GUESTS_ONLY,
    "account_signup": GUESTS_ONLY,
    "account_logout": (302, 200, 200, 200, 302),
    "account_inactive": PUBLIC,
    "account_reauthenticate": PRIVATE,
    "account_email": PRIVATE,
    "account_email_verification_sent": PUBLIC,
    "account_change_password": PRIVATE,
    "account_set_password": (302,) * 5,
    "account_reset_password": PUBLIC,
    "account_confirm_login_code": (302,) * 5,
    "account_confirm_email": PUBLIC,
    "account_reset_password_from_key_done": PUBLIC,
    "account_reset_password_from_key": PUBLIC,
    "account_reset_password_done": PUBLIC,
}
ADMIN_SITE = {
    "admin:index": 200,
    "admin:login": 302,
    "admin:logout": 405,
    "admin:password_change": None,
    "admin:password_change_done": None,
    "admin:autocomplete": 403,
    "admin:jsi18n": 200,
    "admin:view_on_site": None,
    "admin:app_list": None,
    "admin:": None,
    "admin:auth_user_password_change": 403,
}
ADMIN_OF_CURATORS = {
    "catalog_achievement",
    "catalog_achievementversion",
    "catalog_course",
    "catalog_courserun",
    "catalog_criterion",
    "catalog_equivalence",
    "catalog_occupation",
    "catalog_question",
    "catalog_skill",
    "catalog_track",
    "catalog_unit",
    "credentials_appeal",
    "credentials_award",
    "credentials_credential",
    "credentials_drift",
    "credentials_endorsement",
    "credentials_halt",
    "credentials_pursuit",
    "credentials_refusal",
    "credentials_rulepreview",
    "enrollment_enrollment",
    "enrollment_exemption",
    "enrollment_measuredtime",
    "enrollment_order",
    "enrollment_voucher",
}
ADMIN_OF_SUPERUSERS = {
    "account_emailaddress",
    "accounts_apiclient",
    "accounts_membership",
    "accounts_organization",
    "accounts_user",
    "admin_logentry",
    "credentials_judgementrequest",
    "credentials_signingkey",
    "credentials_statuslist",
    "notifications_message",
    "wallets_registeredapp",
}
ADMIN_PAGES = {"changelist", "add", "history", "delete", "change"}
ADMIN_BUTTONS = {
    *("duplicate", "preview", "publish", "retire", "revoke", "secret", "suspend", "reinstate"),
    *("decide", "grant", "refuse", "erase", "data"),
    *("submit", "give-back", "schedule", "revise", "compare"),
    *("import", "export", "process_import", "markdown", "lift", "rule", "why"),
    *("begin", "file", "versions"),
    *("import", "export", "process_import", "markdown", "lift", "rule"),
}


@dataclass(frozen=True)
class Route:
    name: str
    pattern: str


def routes() -> Iterator[Route]:
    def walk(resolver: URLResolver, prefix: str, names: str) -> Iterator[Route]:
        for item in resolver.url_patterns:
            pattern = prefix + str(item.pattern)
            if isinstance(item, URLResolver):
                namespace = f"{names}{item.namespace}:" if item.namespace else names
                yield from walk(item, pattern, namespace)
            elif isinstance(item, URLPattern):
                yield Route(names + (item.name or ""), pattern)

    yield from walk(get_resolver(), "/", "")


def admin_page(route: Route) -> tuple[str, str] | None:
    """The model and the page of an admin route, as in ("catalog_course", "change")."""
    match = re.fullmatch(r"admin:([a-z]+_[a-z]+)_([a-z_-]+)", route.name)
    if match and match[2] in ADMIN_PAGES | ADMIN_BUTTONS:
        return match[1], match[2]
    return None


@pytest.fixture
def world(built):
    clients, _, _ = built
    # What one visit leaves in the cookies must not reach the next test.
    cookies = {name: copy.deepcopy(client.cookies) for name, client in clients.items()}
    yield built
    for name, client in clients.items():
        client.cookies = cookies[name]


def build_world():
    """A learner with a credential that they keep to themselves, and others who want to look."""
    organization = OrganizationFactory()
    course = published_course(provider=organization, quiz=False)
    track = published_track(course, organization=organization)
    skill = SkillFactory()
    question = QuestionFactory(unit=UnitFactory(quiz=True, course__provider=organization))
    owner = UserFactory()
    enrollment = actions.enroll(learner=owner, run=course.runs.get(), at=TUESDAY)
    unit = course.units.get()
    actions.finish_unit(enrollment=enrollment, unit=unit, at=TUESDAY)
    tasks.judge()
    Credential.objects.update(visibility="off")
    credential = Credential.objects.order_by("pk").first()
    criterion = assignment_unit(course=published_course(provider=organization)).criteria.get()
    work = handed_in(criterion.unit)
    kept = SubmittedFile.objects.create(
        submission=work, name="a.txt", content_type="text/plain", size=1, sha256="0" * 64
    )
    award = Award.objects.order_by("pk").first()
    curator = UserFactory(is_staff=True)
    MembershipFactory(user=curator, role=Membership.Role.CURATOR)
    client = ApiClient.objects.create(
        name="HR",
        client_type="confidential",
        authorization_grant_type="client-credentials",
        organization=OrganizationFactory(is_employer=True),
    )
    token = AccessToken.objects.create(
        application=client,
        token="a-token",
        scope="catalog:read completions:read credentials:verify",
        expires=timezone.now() + datetime.timedelta(hours=1),
    )
    notify(recipient=owner, kind="completed", key="a-key", context={"course": course}, at=TUESDAY)
    badge = brought(owner)
    clients = {name: Client() for name in VISITORS}
    clients["owner"].force_login(owner)
    clients["learner"].force_login(UserFactory())
    clients["curator"].force_login(curator)
    clients["client"] = Client(headers={"authorization": f"Bearer {token.token}"})
    objects = {
        "catalog_course": course.pk,
        "catalog_track": track.pk,
        "catalog_courserun": course.runs.get().pk,
        "catalog_unit": unit.pk,
        "catalog_question": question.pk,
        "catalog_criterion": criterion.pk,
        "catalog_achievement": course.achievement.pk,
        "catalog_achievementversion": course.achievement.versions.get().pk,
        "credentials_award": award.pk,
        "credentials_credential": credential.pk,
        "enrollment_enrollment": enrollment.pk,
        "notifications_message": owner.messages.get(key="a-key").pk,
    }
    transcript = credential_actions.request_transcript(
        learner=owner, credentials=[credential], name="Mine", at=TUESDAY
    )
    tasks.sign_transcripts()
    of_a_transcript = ("", "_json", "_jwt", "_visibility")
    arguments = {
        "public_id": {
            **{f"credentials:transcript{page}": transcript.public_id for page in of_a_transcript},
            "credentials:delete_transcript": transcript.public_id,
            "api:course": course.public_id,
            "api:track": track.public_id,
            "api:completion": enrollment.public_id,
            "catalog:skill": skill.public_id,
            "catalog:occupation": needs(OccupationFactory(), skill).public_id,
            "credentials:pursue": course.achievement.public_id,
            "credentials:why": course.achievement.public_id,
            "credentials:appeal": course.achievement.public_id,
            "credentials:achievement": course.achievement.public_id,
            "credentials:achievement_ctdl": course.achievement.public_id,
            "credentials:endorsement": endorsed(course.achievement).public_id,
            "credentials:achievement_badge": course.achievement.public_id,
            "credentials:status_list": credential.status_list.public_id,
            "credentials:suspension_list": credential.status_list.public_id,
            "notifications:message": owner.messages.get(key="a-key").public_id,
            "wallets:badge": badge.public_id,
            "wallets:download_badge": badge.public_id,
            "wallets:remove_badge": badge.public_id,
        },
        "default": {
            "public_id": credential.public_id,
            "slug": enrollment.run.course.slug,
            "run_id": enrollment.run.public_id,
            "enrollment_id": enrollment.public_id,
            "occupation_id": OccupationFactory().public_id,
            "unit_id": unit.public_id,
            "submission_id": work.public_id,
            "session_id": a_session(enrollment.run).public_id,
            "file_id": kept.public_id,
            "claim_id": claimed(owner, course=course).public_id,
        },
        "token": {
            "notifications:unsubscribe": links.token(user=owner, what="completed"),
            "enrollment:calendar": calendars.calendar_address(owner).split("/")[-1][:-4],
            "wallets:offer": "none",
        },
        "section": {"catalog:sitemap_section": "courses"},
        "number": {"credentials:achievement_badge": 1},
        "code": {"accounts:language": "tlh"},
        "slug": {
            "catalog:course": course.slug,
            "catalog:track": track.slug,
            "catalog:course_ctdl": course.slug,
            "catalog:track_ctdl": track.slug,
            "catalog:provider": organization.slug,
            "credentials:issuer": organization.slug,
            "credentials:did_document": organization.slug,
        },
    }
    return clients, objects, arguments


built = made_once(build_world)


def path_of(route: Route, arguments) -> str:
    def value(match: re.Match[str]) -> str:
        name = match[1]
        special = arguments.get(name, {}).get(route.name)
        return str(special or arguments["default"][name])

    path = re.sub(r"<\w+:(\w+)>", value, route.pattern)
    return {
        "account_confirm_email": "/account/confirm-email/none/",
        "account_reset_password_from_key": "/account/password/reset/key/1-none/",
    }.get(route.name, path)


# A view that takes the place of a library's stands there twice.
PLAIN = [route for route in dict.fromkeys(routes()) if not route.name.startswith("admin:")]


@pytest.mark.parametrize("route", PLAIN, ids=lambda route: route.name)
def test_everybody_gets_what_is_theirs(route, world):
    clients, _, arguments = world
    assert route.name in ROUTES, f"say in ROUTES who may see {route}"
    path = path_of(route, arguments)

    found = tuple(clients[name].get(path).status_code for name in VISITORS)

    assert dict(zip(VISITORS, found, strict=True)) == dict(
        zip(VISITORS, ROUTES[route.name], strict=True)
    )


def test_no_table_names_a_route_that_is_gone():
    assert {route.name for route in PLAIN} == set(ROUTES)


def test_every_page_of_the_admin_is_listed():
    unknown = {
        route.name
        for route in routes()
        if route.name.startswith("admin:") and route.name not in ADMIN_SITE
        if not (page := admin_page(route)) or page[0] not in ADMIN_OF_CURATORS | ADMIN_OF_SUPERUSERS
    }

    assert unknown == set()


ADMIN = [route for route in routes() if admin_page(route)]


@pytest.mark.parametrize("route", ADMIN, ids=lambda route: route.name)
def test_only_curators_come_into_the_admin_and_only_to_their_own(route, world):
    clients, objects, _ = world
    model, page = admin_page(route)
    pk = objects.get(model, 1)
    path = route.pattern.replace("<path:object_id>", str(pk)).replace("<slug:name>", "fail")

    statuses = {name: clients[name].get(path).status_code for name in VISITORS}

    assert all(statuses[name] in {302, 403} for name in ("anonymous", "client")), statuses
    assert all(statuses[name] in {302, 403, 404} for name in ("owner", "learner")), statuses
    # Frameworks belong to everybody; whatever else an organization has is not another's to see.
    may_see = page in {"changelist", "import", "export"} and model in ADMIN_OF_CURATORS
    may_decide = page in {"grant", "refuse", "why"} and "<path:object_id>" not in route.pattern
    may_add = page == "add" and model in {
        *("catalog_course", "catalog_track", "catalog_unit", "enrollment_voucher"),
        *("catalog_equivalence", "credentials_halt", "credentials_endorsement"),
    }
    if may_see:
        assert statuses["curator"] == 200, statuses
    elif not (may_add or may_decide) and model not in {"catalog_skill", "catalog_occupation"}:
        assert statuses["curator"] != 200, statuses


@pytest.mark.parametrize(
    "name",
    [
        *("enrollment:finish", "enrollment:submit", "enrollment:withdraw", "enrollment:hand_in"),
        *("enrollment:accept", "enrollment:move", "enrollment:time"),
        "enrollment:take_again",
        *("enrollment:marking", "enrollment:correct", "credentials:visibility"),
        *("enrollment:waiting", "enrollment:write", "enrollment:attendance"),
        *("wallets:offering", "wallets:remove_badge"),
    ],
)
def test_nobody_changes_what_is_another_learners(name, world):
    clients, _, arguments = world
    route = next(route for route in PLAIN if route.name == name)
    path = path_of(route, arguments)

    statuses = {visitor: clients[visitor].post(path).status_code for visitor in VISITORS}

    assert statuses["learner"] == statuses["curator"] == 404, statuses
    assert statuses["anonymous"] == statuses["client"] == 302, statuses
