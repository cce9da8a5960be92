"""From the first page to a credential that others accept, as a person walks it."""

from __future__ import annotations

import datetime
import json
import re
import time

import pytest
from django.core import mail
from playwright.sync_api import Browser, Page, expect

from catalog.models import Course, Track
from credentials.models import Credential
from tests.factories import published_course, published_track
from tests.interop.verifiers import verify_with_python

PASSWORD = "granite and lichen 7"
SECONDS = 10


@pytest.fixture
def stack(transactional_db) -> tuple[Course, Track]:
    course = published_course(title="Reading the weather", lessons=1, quiz=True)
    return course, published_track(course, title="Mountain guide")


def sign_up(page: Page, site: str) -> None:
    page.goto(f"{site}/account/signup/")
    page.locator("main input[name=email]").fill("grace@example.org")
    page.locator("main input[name=password1]").fill(PASSWORD)
    page.get_by_label("Your name on credentials").fill("Grace Hopper")
    page.locator("main form button[type=submit]").click()
    page.wait_for_url("**/confirm-email/")
    link = re.search(r"https?://\S+/confirm-email/\S+", mail.outbox[-1].body)
    assert link is not None
    page.goto(link[0])
    page.locator("main form button[type=submit]").first.click()


def learn(page: Page, site: str, course: Course) -> float:
    """Enroll, read, fail the quiz once, pass it; the moment of the completing click."""
    page.goto(f"{site}{course.get_absolute_url()}")
    page.get_by_role("button", name=re.compile("Enroll")).click()
    page.locator("main").get_by_role("link", name=re.compile("Begin|Start|Lesson 1")).first.click()
    page.get_by_role("button", name=re.compile("Done|done")).click()
    page.get_by_label("That one").check()
    page.get_by_role("button", name="Hand in").click()
    expect(page.get_by_text("Because it is so.")).to_be_visible()
    page.get_by_role("link", name=re.compile("Try again")).click()
    page.get_by_label("This one").check()
    clicked = time.monotonic()
    page.get_by_role("button", name="Hand in").click()
    return clicked


def await_credentials(count: int) -> None:
    deadline = time.monotonic() + SECONDS
    while Credential.objects.count() < count:
        assert time.monotonic() < deadline, "the credentials did not come"
        time.sleep(0.05)


def test_a_visitor_becomes_the_holder_of_a_credential(page, site, stack, worker):
    course, _ = stack
    page.goto(site)
    page.locator("main input[type=search]").fill("weather")
    page.locator("main input[type=search]").press("Enter")
    page.get_by_role("link", name="Reading the weather").first.click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Reading the weather")
    page.get_by_role("link", name="Mountain guide").first.click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Mountain guide")

    sign_up(page, site)
    clicked = learn(page, site, course)
    page.get_by_role("link", name="See your credential").first.click()
    expect(page.get_by_text("Your credential is ready")).to_be_visible(timeout=SECONDS * 1000)
    print(f"{time.monotonic() - clicked:.2f} s from the completing click to the credential")
    await_credentials(2)
    page.goto(f"{site}/credentials/")
    expect(page.get_by_role("link", name="Mountain guide", exact=True)).to_be_visible()
    page.get_by_role("link", name="Reading the weather", exact=True).click()
    expect(page.get_by_text("Grace Hopper")).to_be_visible()
    page.get_by_label("Everyone").check()
    page.get_by_role("button", name="Save").click()
    page.get_by_role("link", name="Verify this credential").click()
    expect(page.get_by_text("genuine and valid")).to_be_visible()


def test_another_verifier_accepts_what_a_learner_has_earned(page, context, site, stack, worker):
    sign_up(page, site)
    learn(page, site, stack[0])
    await_credentials(2)
    credential = Credential.objects.get(award__achievement__course=stack[0])
    request = context.request
    document = request.get(
        f"{site}{credential.get_absolute_url()}", headers={"Accept": "application/vc"}
    ).json()
    slug = stack[0].awarding_body.slug
    dids = [request.get(f"{site}/issuers/{slug}/did.json").json()]
    lists = [request.get(document["credentialStatus"]["statusListCredential"]).json()]
    changed = json.loads(json.dumps(document).replace("Grace Hopper", "Grace Hoppes"))
    at = datetime.datetime.now(datetime.UTC)

    accepted = verify_with_python(document, did_documents=dids, status_lists=lists, at=at)
    refused = verify_with_python(changed, did_documents=dids, status_lists=lists, at=at)

    assert accepted.accepted, accepted.reason
    assert not refused.accepted


def test_the_journey_needs_no_javascript(browser: Browser, site, stack, worker):
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    sign_up(page, site)
    learn(page, site, stack[0])
    page.get_by_role("link", name="See your credential").first.click()
    for _ in range(SECONDS):
        if page.get_by_text("Your credential is ready").is_visible():
            break
        page.wait_for_timeout(1000)
        page.get_by_role("link", name="Look again").click()

    page.get_by_role("link", name="see and share it").click()

    expect(page.get_by_role("heading", level=1)).to_have_text("Reading the weather")
    expect(page.get_by_text("Grace Hopper")).to_be_visible()
    context.close()
