"""Credentials of all kinds, with what people write and with what they should not."""

from __future__ import annotations

import datetime
import string
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
TEXTS = ODD | st.text(max_size=20) | st.text(string.ascii_letters + " ", min_size=1, max_size=20)
PATHS = st.text(string.ascii_letters + string.digits + "-._~/%#é", min_size=1, max_size=12)
URLS = st.builds("https://learn.example/{}".format, PATHS) | st.just(
    "http://localhost:8000/credentials/1"
)
DIDS = st.builds("did:key:z{}".format, st.text(string.ascii_letters + ":%", max_size=20))
MOMENTS = st.datetimes(
    # Their time zone comes from the line below.
    min_value=datetime.datetime(1970, 1, 1),  # noqa: DTZ001
    max_value=datetime.datetime(2999, 1, 1),  # noqa: DTZ001
    timezones=st.just(datetime.UTC),
)
RECIPIENTS = st.builds(
    documents.Recipient, name=TEXTS, email=TEXTS, salt=TEXTS, id=st.just("") | DIDS | URLS
)
ALIGNMENTS = st.builds(
    documents.Alignment,
    target_url=URLS,
    target_name=TEXTS,
    framework=st.sampled_from(["ESCO", "Skills framework"]),
)
EVIDENCE = st.builds(documents.Evidence, url=URLS, name=TEXTS)
ACHIEVEMENTS = st.builds(
    documents.AchievementDescription,
    id=URLS,
    kind=st.sampled_from(["MicroCredential", "Diploma"]),
    name=TEXTS,
    description=TEXTS,
    criteria=TEXTS,
    version=st.sampled_from(["1", "2"]),
    language=st.sampled_from(["en", "de"]),
    creator=st.just(samples.ISSUER),
    alignments=st.lists(ALIGNMENTS, max_size=3),
)


@st.composite
def credentials(draw: st.DrawFn) -> dict[str, Any]:
    document = documents.credential(
        id=draw(URLS),
        issuer=samples.ISSUER,
        recipient=draw(RECIPIENTS),
        earned=draw(st.just(samples.ACHIEVEMENT) | ACHIEVEMENTS),
        valid_from=draw(MOMENTS),
        valid_until=draw(st.none() | MOMENTS),
        status=status_list.entry(draw(URLS), draw(st.integers(0, 131_071))),
        grade=draw(st.none() | st.decimals(0, 100, places=2)),
        evidence=draw(st.lists(EVIDENCE, max_size=3)),
        narrative=draw(st.just("") | TEXTS),
    )
    if draw(st.booleans()):
        document["issuer"] = Constant(document["issuer"])
        subject = document["credentialSubject"]
        subject["achievement"] = Constant(subject["achievement"])
    return document
