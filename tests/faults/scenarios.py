"""One function per fault. Each ends with every award issued exactly once, or raises.

They run in a process of their own whose settings name the private services.
"""

from __future__ import annotations

import http.client
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore
from django.db import OperationalError, close_old_connections, connection, transaction
from django.db.models import Count
from django.urls import reverse

from accounts.models import User
from catalog.models import Course
from credentials.models import Award, Credential, JudgementRequest
from enrollment import actions
from enrollment.models import Enrollment
from tests.factories import TUESDAY, published_course
from tests.faults.services import Platform, kill, wait_for

LIMIT_SECONDS = 30
REDIS_DOWN_SECONDS = 6


class NotKept(AssertionError):
    """Something was lost, or done twice."""


def enroll_many(count: int, *, label: str) -> Course:
    """A course of one lesson with ``count`` learners who have only to finish it."""
    course = published_course(title=label, slug=f"course-{label}", external_id=f"course-{label}")
    learners = User.objects.bulk_create(
        User(email=f"{label}-{n}@example.org", credential_name=f"Learner {n}", password="!")
        for n in range(count)
    )
    run = course.runs.get()
    Enrollment.objects.bulk_create(
        Enrollment(learner=learner, run=run, status="active", enrolled_at=TUESDAY)
        for learner in learners
    )
    return course


@transaction.atomic
def complete_all(course: Course) -> None:
    """Due at one moment: workers would keep up with learners who come one after the other."""
    unit = course.units.get()
    for enrollment in Enrollment.objects.active().filter(run__course=course):
        actions.finish_unit(enrollment=enrollment, unit=unit, at=TUESDAY)


def issued(course: Course) -> int:
    try:
        close_old_connections()
        return Credential.objects.filter(award__achievement__course=course).count()
    except OperationalError:
        # The database may be what has just been taken away.
        connection.close()
        return -1


def check(course: Course, count: int) -> None:
    """Exactly one award, one credential and one status index for each learner."""
    awards = Award.objects.filter(achievement__course=course)
    credentials = Credential.objects.filter(award__in=awards)
    facts = {
        "awards": awards.count(),
        "learners": awards.aggregate(n=Count("learner", distinct=True))["n"],
        "credentials": credentials.count(),
        "places": credentials.values("status_list", "status_index").distinct().count(),
        "issued": awards.filter(issued_at__isnull=False).count(),
    }
    if set(facts.values()) != {count}:
        raise NotKept(f"expected {count} of each: {facts}")
    if JudgementRequest.objects.exists():
        raise NotKept("judging is still due for someone")


def _under_load(
    platform: Platform, count: int, label: str, fault: Callable[[Course], int]
) -> float:
    """Let the workers issue, break something when a part is done; seconds until all is done.

    ``fault`` says how many were issued when it had happened.
    """
    course = enroll_many(count, label=label)
    complete_all(course)
    wait_for(lambda: issued(course) >= count // 10, seconds=60, what="the first awards")
    if fault(course) >= count:
        raise NotKept("the fault came too late to break anything")
    started = time.monotonic()
    wait_for(lambda: issued(course) >= count, seconds=LIMIT_SECONDS, what="all awards issued")
    check(course, count)
    return time.monotonic() - started


def worker_killed(platform: Platform, count: int) -> float:
    """SIGKILL to the worker and its children in the middle of issuing; then another one."""
    platform.start_clock()
    worker = platform.start_worker()

    def fault(course: Course) -> int:
        kill(worker)
        done = issued(course)
        platform.start_worker()
        return done

    return _under_load(platform, count, "killed", fault)


def redis_flushed(platform: Platform, count: int) -> float:
    """All messages vanish."""

    def fault(course: Course) -> int:
        platform.redis.flush()
        return issued(course)

    return _under_load(platform, count, "flushed", fault)


def postgres_crashed(platform: Platform, count: int) -> float:
    """The database loses power in the middle of issuing and recovers."""

    def fault(course: Course) -> int:
        done = issued(course)
        connection.close()
        platform.postgres.crash()
        platform.postgres.start()
        return done

    return _under_load(platform, count, "crashed", fault)


def redis_down(platform: Platform, count: int) -> float:
    """Learners finish while Redis is away for six seconds: no page may fail."""
    platform.start_web()
    course = enroll_many(count, label="down")
    requests = _finish_requests(course, port=platform.web_port)
    platform.redis.kill()
    back = threading.Timer(REDIS_DOWN_SECONDS, platform.redis.start)
    back.start()
    with ThreadPoolExecutor(4) as pool:
        statuses = list(pool.map(lambda send: send(), requests))
    back.join()
    # Each is sent on to the course's page, as a learner is.
    failed = [status for status in statuses if status != 302]
    if failed:
        raise NotKept(f"{len(failed)} of {count} pages failed, as {sorted(set(failed))}")
    started = time.monotonic()
    wait_for(lambda: issued(course) >= count, seconds=LIMIT_SECONDS, what="all awards issued")
    check(course, count)
    return time.monotonic() - started


def _finish_requests(course: Course, *, port: int) -> list[Callable[[], int]]:
    """One POST per learner that finishes the only unit, signed in by a session of their own."""
    unit = course.units.get()
    token = "c" * 32

    def prepared(enrollment: Enrollment) -> Callable[[], int]:
        session = SessionStore()
        session[SESSION_KEY] = str(enrollment.learner_id)
        session[BACKEND_SESSION_KEY] = "django.contrib.auth.backends.ModelBackend"
        session[HASH_SESSION_KEY] = enrollment.learner.get_session_auth_hash()
        session.create()
        path = reverse("enrollment:finish", args=[enrollment.public_id, unit.public_id])
        headers = {
            "Cookie": f"sessionid={session.session_key}; csrftoken={token}",
            "X-CSRFToken": token,
        }

        def send() -> int:
            web = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
            web.request("POST", path, headers=headers)
            status = web.getresponse().status
            web.close()
            return status

        return send

    enrollments = Enrollment.objects.filter(run__course=course).select_related("learner")
    return [prepared(enrollment) for enrollment in enrollments]


ALL = [worker_killed, redis_flushed, redis_down, postgres_crashed]


def run_all(platform: Platform, count: int) -> None:
    """Every fault after the other on the same database; prints what it took."""
    for scenario in ALL:
        seconds = scenario(platform, count)
        name = scenario.__name__.replace("_", " ")
        print(f"{name:18} {count} of {count}, none twice, {seconds:4.1f} s after the fault")
