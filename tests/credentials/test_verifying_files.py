"""Badges and certificates are verified as they come, and an edited page is caught."""

from __future__ import annotations

import io

import pypdf
import pytest
from django.urls import reverse
from django.utils import timezone
from pypdf.annotations import FreeText
from pypdf.generic import DecodedStreamObject, DictionaryObject, NameObject, NumberObject

from credentials import verifying
from credentials.actions import revoke, sign_due_status_lists
from credentials.certificates import certificate
from credentials.vc.verify import Verdict
from tests.credentials.awards import issued
from tests.factories import UserFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def credential():
    return issued()[0]


def saved_again(pdf: bytes, change=lambda writer: None) -> bytes:
    writer = pypdf.PdfWriter(clone_from=io.BytesIO(pdf))
    change(writer)
    kept = io.BytesIO()
    writer.write(kept)
    return kept.getvalue()


@pytest.mark.parametrize("name", ["badge.png", "badge.svg", "certificate.pdf", "download"])
def test_what_is_downloaded_verifies(client, credential, name):
    content = client.get(f"{credential.get_absolute_url()}/{name}").content

    assert verifying.verify_file(content).verdict == Verdict.VALID


def test_a_certificate_as_it_was_made_is_said_to_be_so(credential):
    report = verifying.verify_file(certificate(bytes(credential.document), language="de"))

    assert content_check(report) == ("valid", "content", "passed")


def content_check(report) -> tuple[str, str, str]:
    return report.verdict, report.checks[-1].name, report.checks[-1].outcome


def test_a_certificate_that_another_program_only_saved_is_as_it_was(credential):
    pdf = saved_again(certificate(bytes(credential.document), language="en"))

    assert content_check(verifying.verify_file(pdf)) == ("valid", "content", "passed")


def drawn_anew(writer: pypdf.PdfWriter) -> None:
    """The same words, but other fonts and other strokes."""
    page = writer.pages[0]
    page["/Resources"]["/Font"][NameObject("/Another")] = font()
    draw(page, "")


def font() -> DictionaryObject:
    return DictionaryObject(
        {
            NameObject("/Type"): NameObject("/Font"),
            NameObject("/Subtype"): NameObject("/Type1"),
            NameObject("/BaseFont"): NameObject("/Helvetica"),
        }
    )


def write(page: pypdf.PageObject, words: str) -> None:
    """A line of text, in the font ``/Another``."""
    draw(page, f"BT /Another 14 Tf 40 300 Td ({words}) Tj ET")


def draw(page: pypdf.PageObject, operators: str) -> None:
    stream = DecodedStreamObject()
    contents = page.get_contents()
    before = b"" if contents is None else contents.get_data()
    stream.set_data(before + b"\n" + operators.encode())
    page[NameObject("/Contents")] = page.indirect_reference.pdf._add_object(stream)


def test_a_certificate_that_was_drawn_anew_is_not_vouched_for(credential):
    pdf = saved_again(certificate(bytes(credential.document), language="en"), drawn_anew)

    assert content_check(verifying.verify_file(pdf)) == ("valid", "content", "unknown")


def another_page(writer: pypdf.PdfWriter) -> None:
    writer.add_blank_page().merge_page(writer.pages[0])


def a_line_upon_it(writer: pypdf.PdfWriter) -> None:
    page = writer.pages[0]
    page["/Resources"]["/Font"][NameObject("/Another")] = font()
    write(page, "with distinction")


def a_note_upon_it(writer: pypdf.PdfWriter) -> None:
    writer.add_annotation(0, FreeText(text="with distinction", rect=(50, 50, 200, 100)))


def a_picture_upon_it(writer: pypdf.PdfWriter) -> None:
    picture = DecodedStreamObject()
    picture.update(
        {
            NameObject("/Type"): NameObject("/XObject"),
            NameObject("/Subtype"): NameObject("/Image"),
            NameObject("/Width"): NumberObject(1),
            NameObject("/Height"): NumberObject(1),
            NameObject("/ColorSpace"): NameObject("/DeviceGray"),
            NameObject("/BitsPerComponent"): NumberObject(8),
        }
    )
    picture.set_data(b"\xff")
    page = writer.pages[0]
    objects = page["/Resources"].setdefault(NameObject("/XObject"), DictionaryObject())
    objects[NameObject("/Cover")] = picture
    draw(page, "q 200 0 0 20 50 50 cm /Cover Do Q")


def a_box_upon_it(writer: pypdf.PdfWriter) -> None:
    draw(writer.pages[0], "1 g 50 50 200 20 re f")


EDITS = [another_page, a_line_upon_it, a_note_upon_it, a_picture_upon_it, a_box_upon_it]


@pytest.mark.parametrize("edit", EDITS, ids=lambda edit: edit.__name__)
def test_a_certificate_that_was_edited_is_invalid(credential, edit):
    pdf = saved_again(certificate(bytes(credential.document), language="en"), edit)

    assert content_check(verifying.verify_file(pdf)) == ("invalid", "content", "failed")


def test_a_certificate_with_another_name_around_what_was_signed_is_invalid(credential):
    """Made by our own template, so that only what it says is wrong."""
    signed = bytes(credential.document)
    forged = certificate(signed.replace(b"Learner 0", b"Learner 1"), language="en")

    def with_what_was_signed(writer: pypdf.PdfWriter) -> None:
        (attached,) = writer.attachment_list
        attached.content = signed

    pdf = saved_again(forged, with_what_was_signed)

    assert content_check(verifying.verify_file(pdf)) == ("invalid", "content", "failed")


def test_an_edited_certificate_of_a_revoked_credential_is_caught_too(credential):
    revoke(award=credential.award, by=UserFactory(), reason="A mistake.", at=timezone.now())
    sign_due_status_lists(at=timezone.now())
    whole = certificate(bytes(credential.document), language="en")

    assert content_check(verifying.verify_file(whole)) == ("revoked", "content", "passed")
    assert verifying.verify_file(saved_again(whole, a_box_upon_it)).verdict == Verdict.INVALID


@pytest.mark.parametrize("content", [b"%PDF-1.7 nothing", b"\x89PNG\r\n\x1a\n", b"<svg/>", b""])
def test_a_file_without_a_credential_is_said_to_have_none(content):
    report = verifying.verify_file(content)

    assert (report.verdict, report.checks[-1].name) == (Verdict.INVALID, "form")


def test_checks_are_named_in_the_readers_language(client, credential):
    address = reverse("credentials:verify") + f"?address={credential.public_id}"

    page = client.get(address, headers={"accept-language": "de"}).text

    assert "<strong>Signatur</strong>, bestanden: Die Signatur" in page
