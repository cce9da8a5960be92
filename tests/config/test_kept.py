"""Parts of templates that are made once."""

from __future__ import annotations

from django.template import Context, Template
from django.utils import translation

TEMPLATE = (
    "{% load i18n kept %}{% kept here %}"
    "{% translate 'Courses' %} {{ here }}{{ other }}{% endkept %}"
)


def test_a_part_is_made_once_for_each_value_and_language():
    template = Template(TEMPLATE)

    def shown(**values: str) -> str:
        return template.render(Context(values))

    assert shown(here="a", other="1") == "Courses a1"
    assert shown(here="a", other="2") == "Courses a1"
    assert shown(here="b", other="2") == "Courses b2"
    with translation.override("de"):
        assert shown(here="a", other="3") == "Kurse a3"


def test_what_is_kept_is_as_safe_as_what_is_not():
    template = Template("{% load kept %}{% kept here %}{{ here }}{% endkept %}")

    for _ in range(2):
        assert template.render(Context({"here": "<b>"})) == "&lt;b&gt;"
