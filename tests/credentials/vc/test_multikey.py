from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from credentials.vc import multikey
from tests.credentials.vc import samples, vectors


@given(st.binary(max_size=64))
def test_base58_round_trip(data):
    assert multikey.decode_base58btc(multikey.encode_base58btc(data)) == data


def test_leading_zero_bytes_are_kept():
    assert multikey.encode_base58btc(b"\0\0\x01") == "z112"


def test_a_public_key_round_trip():
    text = multikey.encode_ed25519(samples.KEY.public_key())

    assert text.startswith("z6Mk")
    assert multikey.encode_ed25519(multikey.decode_ed25519(text)) == text


def test_the_published_key():
    raw = multikey.decode_ed25519(vectors.PUBLIC_KEY).public_bytes_raw()

    assert multikey.encode_base58btc(b"\xed\x01" + raw) == vectors.PUBLIC_KEY


@pytest.mark.parametrize(
    "text",
    [
        "",
        "z",
        "6MkrJVnaZkeFzdQyMZu1cgjg7k1pZZ6pvBQ7XJPt4swbTQ2",
        "z0OIl",
        "z" + "1" * 1000,
        vectors.SECRET_KEY,
        vectors.PUBLIC_KEY + "1",
    ],
)
def test_anything_else_is_refused(text):
    with pytest.raises(ValueError):  # noqa: PT011 — several layers say no, all with ValueError
        multikey.decode_ed25519(text)
