"""Sentences of the offline verifier: the site's, and those that it alone has to say.

The scripts write them out in English, each where it is said; the page carries those of its
language. ``OWN`` is where ``makemessages`` finds what no ``Said`` says.
"""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

from django.utils.translation import gettext
from django.utils.translation import gettext_noop as _

from credentials.saying import NAMES, OUTCOMES

FOLDER = Path(__file__).parent
OWN = (
    _("A file of the issuer is neither a DID document nor a status list."),
    _("Give its DID document."),
    _("It is not JSON."),
    _("Save the file that is attached to the PDF, and give that."),
    _("This browser cannot check signatures by {kind}. Try a newer one."),
    _("This credential could not be checked in full."),
    _("Whether it was revoked or suspended is not known: its status list was not given."),
)


def said() -> dict[str, dict[str, str]]:
    """All words of the scripts in the language in force, by their English, and of checks by name.

    In English there are no others than those written out.
    """
    translated = {sentence: gettext(sentence) for sentence in sentences()}
    return {
        "texts": {said: text for said, text in translated.items() if text != said},
        "names": {name: str(word) for name, word in NAMES.items()},
        "outcomes": {outcome: str(word) for outcome, word in OUTCOMES.items()},
    }


@cache
def sentences() -> tuple[str, ...]:
    """What the scripts can say."""
    scripts = "\n".join(path.read_text() for path in sorted(FOLDER.glob("*.js")))
    return tuple(sorted(set(re.findall(r'\bsay\(\s*"([^"\\]+)"', scripts))))
