from __future__ import annotations

import hashlib

import pytest

from credentials.vc import pinned

# As published: VC Data Model 2.0, appendix B, and Data Integrity 1.0, §2.4.
PUBLISHED = {
    pinned.CREDENTIALS_V2: "59955ced6697d61e03f2b2556febe5308ab16842846f5b586d7f1f7adec92734",
    pinned.DATA_INTEGRITY_V2: "67f21e6e33a6c14e5ccfd2fc7865f7474fb71a04af7e94136cb399dfac8ae8f4",
    pinned.MULTIKEY_V1: "ba2c182de2d92f7e47184bcca8fcf0beaee6d3986c527bf664c195bbc7c58597",
}


@pytest.mark.parametrize("address", pinned.PINNED)
def test_each_copy_has_its_digest(address):
    name, digest = pinned.PINNED[address]

    assert hashlib.sha256((pinned.FOLDER / name).read_bytes()).hexdigest() == digest


@pytest.mark.parametrize("address", PUBLISHED)
def test_the_digests_are_the_published_ones(address):
    assert pinned.PINNED[address][1] == PUBLISHED[address]


def test_every_file_is_pinned():
    names = {name for name, _ in pinned.PINNED.values()}

    assert {path.name for path in pinned.FOLDER.glob("*.json")} == names


def test_no_other_context_is_known():
    with pytest.raises(pinned.UnknownContext, match=r"https://w3id\.org/vc/status-list/2021/v1"):
        pinned.document_loader("https://w3id.org/vc/status-list/2021/v1", {})


def test_a_changed_copy_is_refused(monkeypatch, tmp_path):
    name, _ = pinned.PINNED[pinned.DID_V1]
    (tmp_path / name).write_text('{"@context": {}}')
    monkeypatch.setattr(pinned, "FOLDER", tmp_path)

    with pytest.raises(pinned.UnknownContext, match="has been changed"):
        pinned.load.__wrapped__(pinned.DID_V1)
