"""Documents that differ in known places only, made without writing each as a document first.

Equal to ``template.render`` of the document with those values in it: the template is the same,
because a value that is of another kind than the one in the example is refused.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from credentials.vc import template
from credentials.vc.shapes import Unprovable, is_of


class Prepared:
    """An example of the document, and which of its values are replaced.

    ``places`` names them: each is a value of the example that stands nowhere else in it but in
    the places of that name. Raises ``Unprovable`` where no template is safe, or a place is missing.
    """

    def __init__(self, example: dict[str, Any], places: Mapping[str, str]) -> None:
        self._template, self._values = template.find(example)
        names = {value: name for name, value in places.items()}
        self._places = [
            (number, names[value], kind)
            for number, (value, kind) in enumerate(
                zip(self._values, self._template.kinds, strict=True)
            )
            if value in names
        ]
        if {name for _, name, _ in self._places} != set(places):
            raise Unprovable

    def render(self, found: Mapping[str, str]) -> template.Rendered:
        """The document with these values, by the names of their places. Raises ``Unprovable``."""
        values = self._values.copy()
        for number, name, kind in self._places:
            value = found[name]
            if not is_of(kind, value):
                raise Unprovable
            values[number] = value
        return self._template.render(values)
