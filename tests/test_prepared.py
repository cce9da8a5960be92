"""Statements that are put together and planned once."""

from __future__ import annotations

import datetime
import itertools

import pytest
from django.db import DataError, IntegrityError, connection, transaction

from accounts.models import Organization, User
from lib import prepared, rows
from lib.ids import AHEAD, following
from lib.prepared import Prepared, PreparedUpdate, Statement, together
from tests.factories import TUESDAY, OrganizationFactory, UserFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def postgresql():
    if connection.vendor != "postgresql":
        pytest.skip("of PostgreSQL")


def test_a_query_is_put_together_once_and_asked_with_other_values():
    built = []

    def build(pks, email, at):
        built.append(pks)
        users = User.objects.filter(pk__in=pks, date_joined__lte=at, is_active=True)
        return users.exclude(email=email).order_by("pk").values_list("pk", "is_active")

    query = Prepared(build)
    first, second, third = (UserFactory(date_joined=TUESDAY).pk for _ in range(3))
    email = User.objects.get(pk=second).email
    before = TUESDAY - datetime.timedelta(days=1)

    assert list(query.rows([first, second, third], email, TUESDAY)) == [
        (first, True),
        (third, True),
    ]
    assert list(query.rows([first, second], "", TUESDAY)) == [(first, True), (second, True)]
    assert list(query.rows([first], "", before)) == []
    assert list(query.rows([], "", TUESDAY)) == []
    assert len(built) == (1 if connection.vendor == "postgresql" else 4)


def test_a_lock_that_django_has_no_word_for(django_assert_num_queries):
    ada = UserFactory()
    query = Prepared(lambda pk: User.objects.filter(pk=pk).values_list("pk"), lock="FOR SHARE")

    with django_assert_num_queries(1) as asked:
        assert list(query.rows(ada.pk)) == [(ada.pk,)]

    assert ("FOR SHARE" in asked[0]["sql"]) == (connection.vendor == "postgresql")


NAMED = PreparedUpdate(
    lambda pks, name: (User.objects.filter(pk__in=pks), {"credential_name": name, "language": "de"})
)


def test_an_update_changes_these_rows_alone():
    ada, eve, mai = (UserFactory(credential_name="", language="en") for _ in range(3))

    NAMED.run([ada.pk, eve.pk], "A 100 % name")
    NAMED.run([], "Nobody")

    assert list(User.objects.order_by("pk").values_list("credential_name", "language")) == [
        ("A 100 % name", "de"),
        ("A 100 % name", "de"),
        (mai.credential_name, "en"),
    ]


def test_what_goes_together_goes_at_once_and_in_order(postgresql, django_assert_num_queries):
    ada = UserFactory()
    for warm in range(2):
        with django_assert_num_queries(1), together():
            NAMED.run([ada.pk], f"{warm} before")
            with together():
                NAMED.run([ada.pk], f"{warm} after")

    ada.refresh_from_db()
    assert ada.credential_name == "1 after"


def test_what_fails_before_the_end_is_not_sent():
    ada = UserFactory(credential_name="Ada")

    def fail():
        with transaction.atomic(), together():
            NAMED.run([ada.pk], "Eve")
            assert 1 / 0

    with pytest.raises(ZeroDivisionError):
        fail()

    NAMED.run([ada.pk], "Mai")
    ada.refresh_from_db()
    assert ada.credential_name == "Mai"


DIVIDE = Statement("SELECT 6 / $1::int")


def test_after_a_failure_all_is_planned_anew(postgresql):
    assert DIVIDE.rows(2) == [(3,)]
    other = Statement("SELECT $1::int")

    def fail_together():
        with transaction.atomic(), together():
            DIVIDE.run(0)
            other.run(1)

    for _ in range(2):
        with pytest.raises(DataError), transaction.atomic():
            DIVIDE.rows(0)
        # In the failed transaction, or never sent: the connection knows nothing of it.
        with pytest.raises(DataError):
            fail_together()

        assert other.rows(1) == [(1,)]
        assert DIVIDE.rows(3) == [(2,)]


def test_a_plan_is_made_anew_after_a_while(postgresql, monkeypatch, django_assert_num_queries):
    DIVIDE.rows(1)
    with django_assert_num_queries(1) as asked:
        DIVIDE.rows(1)
    assert "PREPARE" not in asked[0]["sql"]

    monkeypatch.setattr(prepared, "PLAN_KEPT", -1.0)
    with django_assert_num_queries(1) as asked:
        assert DIVIDE.rows(2) == [(3,)]

    assert asked[0]["sql"].startswith("DEALLOCATE")


@pytest.mark.django_db(transaction=True)
def test_another_connection_has_plans_of_its_own(postgresql):
    for _ in range(2):
        connection.close()
        assert DIVIDE.rows(2) == [(3,)]
        with connection.cursor() as cursor:
            cursor.execute("SELECT name FROM pg_prepared_statements")
            assert len(cursor.fetchall()) == 1
            cursor.execute("SHOW plan_cache_mode")
            assert cursor.fetchone() == ("force_generic_plan",)


def test_keys_that_were_taken_are_nobody_else_s():
    first = OrganizationFactory()
    some = [*itertools.islice(following(Organization), 2)]
    more = [*itertools.islice(following(Organization), AHEAD + 1)]

    if connection.vendor == "postgresql":
        assert len({*some, *more}) == AHEAD + 3
        assert OrganizationFactory().pk not in {first.pk, *some, *more}
    else:
        # Theirs for as long as nobody else can write: the first two were not written.
        assert some == [first.pk + 1, first.pk + 2]
        assert more == [*range(first.pk + 1, first.pk + AHEAD + 2)]


def test_a_broken_constraint_among_several_stores_none_of_them():
    ada, eve = UserFactory(credential_name="Ada"), UserFactory()

    def fail():
        with transaction.atomic(), together():
            NAMED.run([ada.pk], "Mai")
            rows.insert(User, ("id", "public_id", "password", "email", *DEFAULTS), [same(eve)])

    with pytest.raises(IntegrityError):
        fail()

    ada.refresh_from_db()
    assert ada.credential_name == "Ada"


DEFAULTS = tuple(
    field.attname
    for field in User._meta.concrete_fields
    if field.attname not in {"id", "public_id", "password", "email"}
)


def same(user) -> tuple[object, ...]:
    columns = ("public_id", "password", "email", *DEFAULTS)
    return user.pk + 1, *(getattr(user, column) for column in columns)
