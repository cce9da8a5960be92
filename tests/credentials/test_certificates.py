"""The certificate: one sheet of what was signed, in any script, with the credential attached."""

from __future__ import annotations

import io
import json

import pypdf
import pytest
import segno

from credentials import certificates
from credentials.certificates import certificate
from credentials.models import Credential
from tests.credentials.awards import issued
from tests.factories import TUESDAY

pytestmark = pytest.mark.django_db


@pytest.fixture
def credential():
    return issued(grade=92)[0]


def read(pdf: bytes) -> pypdf.PdfReader:
    return pypdf.PdfReader(io.BytesIO(pdf))


def named(credential: Credential, name: str) -> bytes:
    said = json.loads(bytes(credential.document))
    said["credentialSubject"]["identifier"][1]["identityHash"] = name
    return json.dumps(said, ensure_ascii=False).encode()


def test_it_is_one_page_with_what_was_signed(client, credential):
    response = client.get(f"{credential.get_absolute_url()}/certificate.pdf")

    (page,) = read(response.content).pages
    words = page.extract_text()
    assert credential.recipient_name in words
    assert credential.award.version.name in words
    assert "92 %" in words
    assert f"/verify/?address={credential.public_id}" in words


def test_the_credential_is_attached_byte_for_byte(credential):
    document = bytes(credential.document)

    attached = read(certificate(document, language="en")).attachments

    assert attached == {"credential.json": [document]}


def test_the_code_is_drawn_as_its_library_draws_it(credential, monkeypatch):
    document = bytes(credential.document)
    drawn = certificate(document, language="en")

    def drawn_by_segno(url: str) -> str:
        return segno.make_qr(url, error="m", mask=2).svg_inline(border=2, light="#fff")

    monkeypatch.setattr(certificates, "_qr", drawn_by_segno)

    assert certificate(document, language="en") == drawn


def with_achievement(credential: Credential, **values) -> bytes:
    said = json.loads(bytes(credential.document))
    said["credentialSubject"]["achievement"] |= values
    return json.dumps(said, ensure_ascii=False).encode()


def test_the_level_is_no_skill(credential):
    alignment = [
        {"targetUrl": "http://data.europa.eu/esco/skill/1", "targetName": "read maps"},
        {"targetUrl": "http://data.europa.eu/snb/eqf/5", "targetName": "EQF level 5"},
    ]
    pdf = certificate(with_achievement(credential, alignment=alignment), language="en")

    words = " ".join(read(pdf).pages[0].extract_text().split())
    assert "Level: EQF 5" in words
    assert "Skills: read maps Scan" in words


@pytest.mark.parametrize(
    ("tag", "marked"), [("ja", "ja"), ("pt-BR", "pt"), ("x-klingon", "und"), ("日本", "und")]
)
def test_the_name_of_what_was_earned_is_marked_with_its_language(credential, tag, marked):
    pdf = read(certificate(with_achievement(credential, inLanguage=tag), language="de"))

    (page,) = pdf.trailer["/Root"]["/StructTreeRoot"]["/K"]
    (heading,) = [part for part in page["/K"] if part["/S"] == "/H1"]
    assert heading["/Lang"] == marked


def test_it_is_tagged_and_says_which_standards_it_keeps(credential):
    pdf = read(certificate(bytes(credential.document), language="de"))

    said = pdf.trailer["/Root"]["/Metadata"].get_data().decode()
    assert pdf.trailer["/Root"]["/MarkInfo"]["/Marked"]
    assert pdf.trailer["/Root"]["/Lang"] == "de"
    assert "<pdfuaid:part>1</pdfuaid:part>" in said
    assert "<pdfaid:part>3</pdfaid:part>" in said


@pytest.mark.parametrize(
    "name",
    [
        "Zoë Ångström",
        "محمد عبد الله",
        "प्रिया शर्मा",
        "王小明",
        "山田太郎",
        "김민준",
        "Ελένη",
        "Илья",
    ],
)
def test_a_name_is_printed_in_its_own_script_with_the_fonts_that_come_along(credential, name):
    pdf = read(certificate(named(credential, name), language="en"))

    fonts = {font["/BaseFont"] for font in pdf.pages[0]["/Resources"]["/Font"].values()}
    assert all("Noto" in font for font in fonts)
    assert "/Metadata" in pdf.trailer["/Root"]
    assert b"pdfuaid" in pdf.trailer["/Root"]["/Metadata"].get_data()


def test_a_name_is_text_and_never_code(credential):
    name = '#panic("x") #read("/etc/passwd") $x$ *b* ] \\ "'

    words = read(certificate(named(credential, name), language="en")).pages[0].extract_text()

    assert name in words.replace("\n", " ")


def test_the_longest_names_stay_on_one_sheet(credential):
    pdf = read(certificate(named(credential, "Wolfeschlegel " * 14), language="en"))

    assert len(pdf.pages) == 1


def test_a_script_that_nothing_here_can_write_is_no_error(credential):
    pdf = certificate(named(credential, "Ada \U000e0101\U0001fbf5"), language="en")

    assert len(read(pdf).pages) == 1


def test_it_is_the_same_bytes_each_time(credential):
    document = bytes(credential.document)

    assert certificate(document, language="en") == certificate(document, language="en")


def test_what_the_holder_keeps_to_themselves_is_printed_for_nobody_else(client, credential):
    Credential.objects.update(visibility=Credential.Visibility.OFF)

    assert client.get(f"{credential.get_absolute_url()}/certificate.pdf").status_code == 404


def test_what_was_erased_is_not_printed_any_more(client, credential):
    Credential.objects.update(document=b"", recipient_name="", erased_at=TUESDAY)

    assert client.get(f"{credential.get_absolute_url()}/certificate.pdf").status_code == 410
