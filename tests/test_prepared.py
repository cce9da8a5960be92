"""Queries that are put together once."""

from __future__ import annotations

import datetime

import pytest

from accounts.models import User
from lib.prepared import Prepared
from tests.factories import TUESDAY, UserFactory

pytestmark = pytest.mark.django_db


def test_a_query_is_put_together_once_and_asked_with_other_values():
    built = []

    def build(pks, email, at):
        built.append(pks)
        users = User.objects.filter(pk__in=pks, date_joined__lte=at, is_active=True)
        return users.exclude(email=email).order_by("pk").values_list("pk", "is_active")

    prepared = Prepared(build)
    first, second, third = (UserFactory(date_joined=TUESDAY).pk for _ in range(3))
    email = User.objects.get(pk=second).email
    before = TUESDAY - datetime.timedelta(days=1)

    assert list(prepared.rows([first, second, third], email, TUESDAY)) == [
        (first, True),
        (third, True),
    ]
    assert list(prepared.rows([first, second], "", TUESDAY)) == [(first, True), (second, True)]
    assert list(prepared.rows([first], "", before)) == []
    assert list(prepared.rows([], "", TUESDAY)) == []
