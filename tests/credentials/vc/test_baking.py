"""A credential in a picture: put in, taken out, and refused when it is not plainly one."""

from __future__ import annotations

import json
import struct
import zlib

import pytest

from credentials.vc import baking

SVG = '<svg xmlns="http://www.w3.org/2000/svg" width="1" height="1"><rect/></svg>'
CREDENTIAL = '{"name": "Ada ]]> 王 <svg>&amp;"}'


def chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


PNG = (
    baking.PNG_SIGNATURE
    + chunk(b"IHDR", struct.pack(">IIBBBBB", 1, 1, 8, 0, 0, 0, 0))
    + chunk(b"IDAT", zlib.compress(b"\0\0"))
    + chunk(b"IEND", b"")
)


def test_a_png_gives_back_the_bytes_that_were_baked_in():
    baked = baking.bake_png(PNG, CREDENTIAL.encode())

    assert baking.read_png(baked) == CREDENTIAL.encode()


def test_the_chunk_is_the_one_that_open_badges_names():
    baked = baking.bake_png(PNG, b"{}")

    assert chunk(b"iTXt", b"openbadgecredential\0\0\0\0\0{}") in baked


def test_baking_leaves_the_picture_as_it_is():
    baked = baking.bake_png(PNG, b"{}")

    assert baked.replace(chunk(b"iTXt", b"openbadgecredential\0\0\0\0\0{}"), b"") == PNG


def test_an_svg_gives_back_what_was_baked_in_from_one_section():
    baked = baking.bake_svg(SVG, CREDENTIAL)

    assert json.loads(baking.read_svg(baked.encode())) == json.loads(CREDENTIAL)
    assert baked.count("<![CDATA[") == 1


def test_an_svg_gives_back_the_text_itself_where_xml_allows_it():
    baked = baking.bake_svg(SVG, CREDENTIAL.replace("]]>", "]>"))

    assert baking.read_svg(baked.encode()).decode() == CREDENTIAL.replace("]]>", "]>")


def test_an_svg_may_carry_a_jwt_as_an_attribute():
    baked = SVG.replace("<rect/>", f'<b:credential xmlns:b="{baking.NAMESPACE}" verify="eyJ.e.s"/>')

    assert baking.read_svg(baked.encode()) == b"eyJ.e.s"


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (PNG, "no credential"),
        (baking.bake_png(baking.bake_png(PNG, b"{}"), b"{}"), "more than one"),
        (PNG.replace(chunk(b"IEND", b""), b""), "no credential"),
        (baking.bake_png(PNG, b"{}")[:70], "no credential"),
        (PNG[:33] + chunk(b"iTXt", b"openbadgecredential\0\1\0\0\0{}") + PNG[33:], "compressed"),
        (PNG[:33] + chunk(b"iTXt", b"openbadgecredential\0\0\0") + PNG[33:], "cut off"),
    ],
)
def test_a_png_that_is_not_plainly_baked_is_refused(content, said):
    with pytest.raises(baking.NotBaked, match=said):
        baking.read_png(content)


LAUGHS = '<!DOCTYPE svg [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;">]>' + SVG.replace("<rect/>", "&b;")


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (SVG, "no credential"),
        (baking.bake_svg(baking.bake_svg(SVG, "{}"), "{}"), "more than one"),
        (SVG[:-6], "not well-formed"),
        (LAUGHS, "document type"),
    ],
)
def test_an_svg_that_is_not_plainly_baked_is_refused(content, said):
    with pytest.raises(baking.NotBaked, match=said):
        baking.read_svg(content.encode())
