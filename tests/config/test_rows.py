"""Rows that are stored as plain values come back as they were."""

from __future__ import annotations

import uuid

import pytest
from django.db import IntegrityError, transaction

from lib import rows
from notifications.models import Message
from tests.factories import TUESDAY, UserFactory

pytestmark = pytest.mark.django_db
COLUMNS = (
    "public_id",
    "recipient_id",
    "kind",
    "key",
    "subject",
    "text",
    "link",
    "delivery",
    "created_at",
    "due_at",
    "failures",
    "last_failure",
)
ODD = 'A tab\t, a line\nend, \\N, \\., {"a", NULL}, it\'s é and 王'


def message(key, *, due_at=TUESDAY, recipient=None):
    recipient = recipient or UserFactory()
    delivery = "now" if due_at else "none"
    return (
        *(uuid.uuid4(), recipient.pk, "graded", key, ODD, ODD, "", delivery),
        *(TUESDAY, due_at, 0, ""),
    )


@pytest.mark.parametrize("unless_there", [False, True])
def test_odd_texts_come_back_as_they_were(unless_there):
    some = [message("one"), message(ODD, due_at=None)]

    rows.insert(Message, COLUMNS, some, unless_there=unless_there)

    assert list(Message.objects.order_by("pk").values_list(*COLUMNS)) == some


@pytest.mark.parametrize("count", [rows.MANY - 1, rows.MANY])
def test_many_rows_come_back_as_few_do(count):
    ada = UserFactory()
    some = [message(f"{n} {ODD}", recipient=ada) for n in range(count)]

    rows.insert(Message, COLUMNS, some)

    assert list(Message.objects.order_by("pk").values_list(*COLUMNS)) == some


def test_what_is_there_is_left_as_it_is():
    rows.insert(Message, COLUMNS, [message("one")])
    first = Message.objects.get()

    rows.insert(Message, COLUMNS, [message("one"), message("two")], unless_there=True)

    assert Message.objects.count() == 2
    assert Message.objects.get(key="one").recipient == first.recipient


def test_a_broken_constraint_stores_nothing():
    with pytest.raises(IntegrityError), transaction.atomic():
        rows.insert(Message, COLUMNS, [message("one"), message("one")])

    assert not Message.objects.exists()


def test_no_rows_are_no_statement(django_assert_num_queries):
    with django_assert_num_queries(0):
        rows.insert(Message, COLUMNS, [])
