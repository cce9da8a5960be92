"""Sentences of the verifier: in English, and kept so that a page can say them in its language."""

from __future__ import annotations

import datetime


class Said(str):
    """A sentence, or a phrase in one, that remembers its template and what was put into it.

    It is its English text wherever text is wanted. Whoever has translations looks ``template`` up
    in them, and puts ``values`` in anew; nothing here knows of any. Templates are found by
    ``makemessages``, so each is written out where it is made.
    """

    template: str
    values: dict[str, object]

    def __new__(cls, template: str, /, **values: object) -> Said:
        text = template
        if values:
            text = template.format(**{name: _in_english(value) for name, value in values.items()})
        said = super().__new__(cls, text)
        said.template, said.values = template, values
        return said

    def anew(self, **values: object) -> Said:
        """The same sentence with these put into it."""
        return type(self)(self.template, **values)


def _in_english(value: object) -> object:
    if isinstance(value, datetime.datetime):
        return f"{value:%d %B %Y, %H:%M}"
    return f"{value:%d %B %Y}" if isinstance(value, datetime.date) else value


class Explained(Exception):
    """Says why, as a sentence for whoever handed in what it is about."""

    def __init__(self, words: Said) -> None:
        super().__init__(words)
        self.words = words
