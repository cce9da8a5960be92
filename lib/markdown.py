"""Markdown of curators and importers, as HTML that is safe under any page of ours."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import Any

import nh3
from markdown_it import MarkdownIt
from markdown_it.renderer import RendererHTML
from markdown_it.token import Token

TAGS = frozenset(
    [
        "p",
        "br",
        "hr",
        "h2",
        "h3",
        "h4",
        "h5",
        "h6",
        "ul",
        "ol",
        "li",
        "blockquote",
        "pre",
        "code",
        "em",
        "strong",
        "s",
        "a",
        "table",
        "thead",
        "tbody",
        "tr",
        "th",
        "td",
    ]
)
ATTRIBUTES = {"a": {"href", "title"}, "ol": {"start"}}
SCHEMES = frozenset({"http", "https", "mailto"})
LOWEST = 6


class _Renderer(RendererHTML):
    def image(self, tokens: Sequence[Token], idx: int, options: Any, env: Any) -> str:
        # A picture from elsewhere would tell its host who reads the page: its text stands in.
        return self.renderInlineAsText(tokens[idx].children or [], options, env)


_parser = MarkdownIt("commonmark", {"html": False}, renderer_cls=_Renderer).enable(
    ["table", "strikethrough"]
)


@lru_cache(maxsize=512)
def render(text: str, *, first_heading: int = 2) -> str:
    """``text`` as HTML; its headings begin at ``<h{first_heading}>`` and skip no level."""
    tokens = _parser.parse(text)
    _demote(tokens, first_heading=first_heading)
    html = nh3.clean(
        _parser.renderer.render(tokens, _parser.options, {}),
        tags=set(TAGS),
        attributes=ATTRIBUTES,
        url_schemes=set(SCHEMES),
        link_rel="noopener nofollow",
    )
    # Cleaned tags carry no attributes and text no "<", so this finds tables and nothing else.
    return html.replace(
        "<table>", '<div class="table-scroll" role="region" aria-label="Table" tabindex="0"><table>'
    ).replace("</table>", "</table></div>")


def _demote(tokens: list[Token], *, first_heading: int) -> None:
    above: list[int] = []
    for token in tokens:
        if token.type == "heading_open":
            level = int(token.tag[1])
            above = [*(one for one in above if one < level), level]
        elif token.type != "heading_close":
            continue
        token.tag = f"h{min(first_heading + len(above) - 1, LOWEST)}"
