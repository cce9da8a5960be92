"""Credentials of all kinds, with what people write and with what they should not."""

from __future__ import annotations

import datetime
import string
import unicodedata
from typing import Any

from hypothesis import strategies as st

from credentials.vc import documents, status_list
from credentials.vc.template import Constant
from tests.credentials.vc import samples

ODD = st.sampled_from(
    [
        "%",
        "%s %(v0)s %%",
        'say "hi" \\ and\nleave',
        "_:c14n0",
        "Zoë Đặng",
        "अनुराधा",
        "محمد",
        "王小明",
        "\N{FULLWIDTH TILDE}",
        "\N{GRINNING FACE}",
        "e\u0301",
        "\x7f",
        "\t",
        "</script>",
        "",
        "https://learn.example/credentials/a1b2",
    ]
)
CLEAN = st.text(
    st.characters(exclude_categories=("Cc", "Cn", "Cs", "Co")), min_size=1, max_size=20
).map(lambda text: unicodedata.normalize("NFC", text))
PLAIN = string.ascii_letters + string.digits + "-_"
CLEAN_URLS = st.text(PLAIN, min_size=1).map("https://learn.example/{}".format)
ODD_URLS = st.text(PLAIN + ".~/%#é").map("https://learn.example/{}".format)
CLEAN_DIDS = st.text(PLAIN, min_size=1).map("did:key:z{}".format)
ODD_DIDS = st.text(PLAIN + ":%").map("did:key:z{}".format)
MOMENTS = st.datetimes(
    # Their time zone comes from the line below.
    min_value=datetime.datetime(1970, 1, 1),  # noqa: DTZ001
    max_value=datetime.datetime(2999, 1, 1),  # noqa: DTZ001
    timezones=st.just(datetime.UTC),
)


@st.composite
def credentials(draw: st.DrawFn) -> dict[str, Any]:
    """Nine in ten can be signed, and are of few shapes."""
    if draw(st.integers(0, 9)):
        return draw(_credentials(CLEAN, CLEAN_URLS, CLEAN_DIDS, is_shared=True))
    texts, urls, dids = CLEAN | ODD | st.text(max_size=20), CLEAN_URLS | ODD_URLS, ODD_DIDS
    return draw(_credentials(texts, urls, dids, is_shared=draw(st.booleans())))


@st.composite
def _credentials(
    draw: st.DrawFn,
    texts: st.SearchStrategy[str],
    urls: st.SearchStrategy[str],
    dids: st.SearchStrategy[str],
    *,
    is_shared: bool,
) -> dict[str, Any]:
    evidence = st.builds(documents.Evidence, url=urls, name=texts)
    document = documents.credential(
        id=draw(urls),
        issuer=samples.ISSUER,
        recipient=documents.Recipient(
            name=draw(texts), email=draw(texts), salt=draw(texts), id=draw(st.just("") | dids)
        ),
        earned=samples.ACHIEVEMENT if draw(st.integers(0, 9)) else draw(_achievements(texts, urls)),
        valid_from=draw(MOMENTS),
        valid_until=draw(st.none() | MOMENTS),
        status=status_list.entry(draw(urls), draw(st.integers(0, 131_071))),
        grade=draw(st.none() | st.decimals(0, 100, places=2)),
        evidence=draw(st.lists(evidence, max_size=3)),
        narrative=draw(st.just("") | texts),
    )
    if is_shared:
        document["issuer"] = Constant(document["issuer"])
        subject = document["credentialSubject"]
        subject["achievement"] = Constant(subject["achievement"])
    return document


def _achievements(
    texts: st.SearchStrategy[str], urls: st.SearchStrategy[str]
) -> st.SearchStrategy[documents.AchievementDescription]:
    alignment = st.builds(
        documents.Alignment, target_url=urls, target_name=texts, framework=st.just("ESCO")
    )
    return st.builds(
        documents.AchievementDescription,
        id=urls,
        kind=st.sampled_from(["MicroCredential", "Diploma"]),
        name=texts,
        description=texts,
        criteria=texts,
        version=st.just("1"),
        language=st.sampled_from(["en", "de"]),
        creator=st.just(samples.ISSUER),
        alignments=st.lists(alignment, max_size=3),
    )
