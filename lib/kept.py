"""``{% kept … %}``: a part of a template, made once for each language and the values named.

    {% load kept %}
    {% kept here %} … {% endkept %}

For what is on every page and the same for all visitors. Nothing of a visitor may be in it that is
not among the values, and no ``{% block %}``.
"""

from __future__ import annotations

from django import template
from django.template.base import FilterExpression, Node, NodeList, Parser, Token
from django.template.context import Context
from django.utils.safestring import SafeString
from django.utils.translation import get_language

from lib.lru import Lru

register = template.Library()

KEPT = 200
"""Of each place in a template: its languages times the values."""


@register.tag
def kept(parser: Parser, token: Token) -> Node:
    values = [parser.compile_filter(bit) for bit in token.split_contents()[1:]]
    nodelist = parser.parse(("endkept",))
    parser.delete_first_token()
    return _Kept(values, nodelist)


class _Kept(Node):
    def __init__(self, values: list[FilterExpression], nodelist: NodeList) -> None:
        self.values = values
        self.nodelist = nodelist
        self._made: Lru[SafeString] = Lru(KEPT)

    def render(self, context: Context) -> SafeString:
        key = (get_language(), *(str(value.resolve(context)) for value in self.values))
        made = self._made.get(key)
        if made is None:
            made = self.nodelist.render(context)
            self._made.put(key, made)
        return made
