from __future__ import annotations

import pytest

from lib.markdown import render


def test_headings_start_below_the_page_s_own_and_skip_no_level():
    html = render("# One\n\n### Two\n\n## Three")

    assert [line[:4] for line in html.splitlines()] == ["<h2>", "<h3>", "<h3>"]


def test_a_page_may_start_the_headings_lower():
    assert render("## Part", first_heading=3) == "<h3>Part</h3>\n"


@pytest.mark.parametrize(
    "text",
    [
        "<script>alert(1)</script>",
        "<img src=x onerror=alert(1)>",
        "[x](javascript:alert(1))",
        "[x](data:text/html;base64,PHNjcmlwdD4=)",
        "![x](https://elsewhere.example/pixel.png)",
        '[x](https://e.example "a\\" onclick=\\"alert(1)")',
    ],
)
def test_nothing_that_acts_or_loads_gets_through(text: str):
    html = render(text)

    assert not any(tag in html for tag in ("<script", "<img", 'href="javascript', 'href="data'))
    assert " onclick=" not in html.replace("&quot; onclick=", "")


def test_links_give_nothing_away():
    assert 'rel="noopener nofollow"' in render("[x](https://e.example/)")


def test_a_picture_leaves_its_words():
    assert render("![A chart](https://e.example/c.png)") == "<p>A chart</p>\n"


def test_a_table_can_be_scrolled_by_keyboard():
    html = render("| a |\n|---|\n| 1 |")

    assert html.startswith(
        '<div class="table-scroll" role="region" aria-label="Table" tabindex="0">'
    )
