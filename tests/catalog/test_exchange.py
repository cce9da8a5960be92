"""CSV and XLSX in the admin: exported as it is imported, with a preview that changes nothing."""

from __future__ import annotations

import io

import openpyxl
import pytest
import tablib
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from accounts.models import Membership
from catalog.models import Course
from tests.admin_pages import url
from tests.factories import (
    CourseFactory,
    MembershipFactory,
    OrganizationFactory,
    SkillFactory,
    UserFactory,
    published_course,
)

pytestmark = pytest.mark.django_db
IMPORT, CONFIRM = "catalog_course_import", "catalog_course_process_import"
HEADER = "external_id,provider,title,eqf_level,ects,skills\n"


@pytest.fixture
def own():
    return OrganizationFactory(external_id="own", country="NL")


@pytest.fixture
def curator(client: Client, own) -> Client:
    user = UserFactory(is_staff=True)
    MembershipFactory(user=user, organization=own, role=Membership.Role.CURATOR)
    client.force_login(user)
    return client


def upload(client: Client, content: bytes | str, *, name: str = "courses.csv"):
    data = content.encode() if isinstance(content, str) else content
    kind = "1" if name.endswith("xlsx") else "0"
    page = client.post(
        url(IMPORT), {"import_file": SimpleUploadedFile(name, data), "format": kind}, follow=True
    )
    assert page.status_code == 200
    return page


def confirm(client: Client, page):
    form = page.context["confirm_form"]
    return client.post(url(CONFIRM), form.initial, follow=True)


def test_a_file_is_previewed_and_then_imported_as_drafts(curator, own):
    skill = SkillFactory()

    page = upload(curator, HEADER + f"one,own,Maps,5,0.5,{skill.uri}\ntwo,own,Charts,,,\n")

    assert "Maps" in page.text
    assert not Course.objects.exists()
    confirm(curator, page)
    course = Course.objects.get(external_id="one")
    assert (course.status, course.provider, course.eqf_level) == ("draft", own, 5)
    assert course.skills.get() == skill
    assert Course.objects.count() == 2


def test_spreadsheets_are_read_like_csv(curator):
    book = openpyxl.Workbook()
    for row in ([*HEADER.strip().split(",")], ["one", "own", "Maps", 5, 0.5, None]):
        book.active.append(row)
    file = io.BytesIO()
    book.save(file)

    confirm(curator, upload(curator, file.getvalue(), name="courses.xlsx"))

    course = Course.objects.get()
    assert (course.title, course.eqf_level, str(course.ects)) == ("Maps", 5, "0.5")


def test_refused_rows_are_reported_with_the_reason_and_nothing_is_written(curator):
    page = upload(curator, HEADER + "one,own,Maps,9,,\ntwo,nobody,Charts,,,\nthree,own,Fine,,,\n")

    assert "eqf_level" in page.text
    assert "you do not curate an organization with this external id" in page.text
    assert "confirm_form" not in page.context or page.context["confirm_form"] is None
    assert not Course.objects.exists()


@pytest.mark.parametrize(
    ("header", "problem"),
    [
        ("external_id,provider,title,colour\n", "There is no column “colour”"),
        ("external_id,title\n", "The column “provider” is missing"),
    ],
)
def test_other_columns_are_refused_by_name(header, problem, curator):
    assert problem in upload(curator, header + ",".join("x" for _ in header.split(","))).text


def test_what_is_published_or_anothers_is_not_changed_by_a_file(curator, own):
    published_course(external_id="mine", provider=own, title="Maps")
    CourseFactory(external_id="theirs", provider=OrganizationFactory(external_id="other"))

    page = upload(curator, HEADER + "mine,own,New,,,\ntheirs,own,New,,,\n")

    assert "the course is no draft any more" in page.text
    assert "of an organization that is not yours" in page.text
    assert not Course.objects.filter(title="New").exists()


def test_what_is_exported_can_be_imported_and_changes_nothing(admin_client, own):
    course = published_course(external_id="one", provider=own, title="Maps", summary="a, b “c”")
    course.skills.add(SkillFactory(), SkillFactory())

    file = admin_client.post(
        url("catalog_course_export"),
        {"format": "0", "resource": "0", **{f"courseresource_{c}": "on" for c in columns()}},
    )
    table = tablib.Dataset().load(file.content.decode(), format="csv")

    assert table["title"] == ["Maps"]
    assert len(table["skills"][0].split("|")) == 2
    page = upload(admin_client, file.content)
    (row,) = page.context["result"].rows
    assert row.import_type == "skip", row.validation_error


def columns() -> list[str]:
    from catalog.admin.exchange import COLUMNS

    return COLUMNS


def test_a_file_that_is_too_large_is_refused(curator, monkeypatch):
    monkeypatch.setattr("catalog.admin.exchange.MOST_BYTES", 10)

    assert "Split it." in upload(curator, HEADER).text


@pytest.mark.parametrize("content", [b"\x00\xff\xfe", b"", b"just text"])
def test_a_file_that_is_no_table_is_refused_politely(content, curator):
    for name in ("courses.csv", "courses.xlsx"):
        upload(curator, content, name=name)

    assert not Course.objects.exists()


def test_only_curators_import_and_export(client):
    client.force_login(UserFactory())

    for name in (IMPORT, "catalog_course_export"):
        assert client.get(url(name)).status_code == 403
