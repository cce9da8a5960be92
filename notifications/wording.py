"""The words of a message, in the language of whoever reads it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Protocol

from django.conf import settings
from django.template import Context, Engine
from django.utils import translation
from django.utils.text import Truncator

SUBJECT_LENGTH = 200


class Addressee(Protocol):
    """Of a person, what it takes to write to them: a ``User``, or a row of one."""

    @property
    def pk(self) -> int: ...

    @property
    def language(self) -> str: ...


def language_of(user: Addressee) -> str:
    """The language that this person chose, while the site still speaks it."""
    return user.language if user.language in dict(settings.LANGUAGES) else settings.LANGUAGE_CODE


@contextmanager
def speaking_to(user: Addressee) -> Iterator[None]:
    with translation.override(language_of(user)):
        yield


def render(template: str, context: Mapping[str, object]) -> str:
    """A template of ``templates/notifications/`` as plain text, which nothing is escaped for."""
    found = Engine.get_default().get_template(f"notifications/{template}.txt")
    text = found.render(Context(dict(context), autoescape=False))
    # Where a template leaves out a sentence, its empty lines stay behind.
    return re.sub(r"\n\s*\n", "\n\n", text).strip()


def render_subject(template: str, context: Mapping[str, object]) -> str:
    """One line: a title with a line end in it must not become a header of its own."""
    line = " ".join(render(f"{template}_subject", context).split())
    return Truncator(line).chars(SUBJECT_LENGTH)
