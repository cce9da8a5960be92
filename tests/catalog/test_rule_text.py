from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from catalog import rule_text, rules
from catalog.models import Course, Track
from tests.factories import CourseFactory, leaf, published_course, published_track

IDS = {"a": 1, "b": 2, "c": 3}


def lookup(kind, names):
    return {name: IDS[name] for name in names if name in IDS}


def parse(text):
    return rule_text.parse(text, lookup=lookup)


def test_groups_and_leaves_are_read():
    tree = parse(
        "all of\n"
        "  course: a\n"
        "  at least 2 of\n"
        "    track: b\n"
        "    course: c (min 70 %, within 24 months)\n"
        "  at least 600 minutes from\n"
        "    credential: a\n"
    )

    assert tree == rules.all_of(
        rules.CourseLeaf(1),
        rules.at_least(
            2,
            rules.AchievementLeaf(2),
            rules.CourseLeaf(3, min_grade=Decimal(70), max_age_months=24),
        ),
        rules.Group(rules.Operator.CREDITS, (rules.AchievementLeaf(1),), 600),
    )


def test_a_single_course_is_a_rule():
    assert parse("course: a") == rules.CourseLeaf(1)


@pytest.mark.parametrize(
    "text",
    [
        "ALL OF:\n\tCourse:a\n\tTRACK : b",
        "\n\nall of\r\n    course:   a\r\n\r\n    track: b   \r\n",
        "  all  of\n     course: a\n     track: b",
        "all of\n\u00a0\u00a0course: a\n\u00a0\u00a0track:\u00a0b",
    ],
)
def test_case_spaces_and_tabs_do_not_matter(text):
    assert parse(text) == rules.all_of(rules.CourseLeaf(1), rules.AchievementLeaf(2))


def test_hours_are_read_as_minutes():
    tree = parse("at least 10 hours from\n  course: a")

    assert tree == rules.Group(rules.Operator.CREDITS, (rules.CourseLeaf(1),), 600)


@pytest.mark.parametrize(
    ("text", "error"),
    [
        ("", "The rule is empty. Add at least one course or track."),
        ("all of\n  course: a\n  course: nowhere", "Line 3: no course is called “nowhere”."),
        ("all of\n  credential: x", "Line 2: no course with a credential is called “x”."),
        ("all of\n  some of", "Line 2: “some of” is not understood."),
        ("all of\n  course: a\ncourse: b", "Line 3: the rule has ended before this."),
        ("  all of\n    course: a\ncourse: b", "Line 3: the rule has ended before this."),
        ("all of\n    course: a\n  course: b", "Line 3: this is indented like no line above."),
        ("all of\n  course: a\n    course: b", "Line 3: a course has nothing under it."),
        ("all of\n  any of\n  course: a", "Line 2: “any of” has nothing in it."),
        ("at least 3 of\n  course: a", "Line 1: “at least 3 of” has only 1 entry."),
        ("at least 0 of\n  course: a", "Line 1: the number must be at least 1."),
        ("course: a (min 101 %)", "Line 1: a grade is at most 100 %."),
        ("course: a (within 0 months)", "Line 1: an age is at least 1 month."),
        ("course: a (min 1, min 2)", "Line 1: “min 2” is not understood."),
        ("at least -1 of\n  course: a", "Line 1: “-1” is no number that can be asked for."),
        ("at least 0,5 ECTS from\n  course: a", "Line 1: “0,5” is no number that can be asked"),
        ("course: a (min -5 %)", "Line 1: “min -5 %” is not understood. Write one grade from 0"),
        ("course: a (within 2 years)", "Line 1: “within 2 years” is not understood. Write one age"),
        (
            "course: The maps",
            "Line 1: “course: The maps” is not understood. A name with spaces or other signs "
            'stands in double quotes, and limits behind it in parentheses: “course: "its name"',
        ),
        ("skill: nope", "Line 1: no skill is called “nope”. Use its label or its address."),
        ('course: "a\\q"', 'Line 1: "a\\q" is not a name.'),
        ("x" * 60_001, "The rule is longer than 60000 characters."),
    ],
)
def test_errors_name_the_line(text, error):
    with pytest.raises(rule_text.RuleTextError) as caught:
        parse(text)

    assert any(found.startswith(error) for found in caught.value.errors)


def test_every_unknown_name_is_told():
    with pytest.raises(rule_text.RuleTextError) as caught:
        parse("all of\n  course: x\n  track: y")

    assert [error[:6] for error in caught.value.errors] == ["Line 2", "Line 3"]


def test_depth_is_limited():
    lines = [" " * depth + "all of" for depth in range(rule_text.MAX_DEPTH + 1)]

    with pytest.raises(rule_text.RuleTextError, match="nested more than"):
        parse("\n".join(lines))


def test_the_number_of_lines_is_limited():
    with pytest.raises(rule_text.RuleTextError, match="at most 500"):
        parse("all of\n" + "  course: a\n" * rules.MAX_NODES)


limits = {
    "min_grade": st.none() | st.decimals(0, 100, places=2),
    "max_age_months": st.none() | st.integers(1, 1200),
    "issuer_id": st.none() | st.integers(1, 5),
    "allows_prior_learning": st.booleans(),
}
leaves = st.one_of(
    st.builds(rules.CourseLeaf, st.integers(1, 5), **limits),
    st.builds(rules.AchievementLeaf, st.integers(1, 5), **limits),
    st.builds(rules.SkillLeaf, st.integers(1, 5), st.integers(0, 4), **limits),
)


def groups(children):
    some = st.lists(children, min_size=1, max_size=3).map(tuple)
    return st.one_of(
        some.map(lambda parts: rules.all_of(*parts)),
        some.map(lambda parts: rules.any_of(*parts)),
        some.flatmap(
            lambda parts: st.integers(1, len(parts)).map(lambda n: rules.at_least(n, *parts))
        ),
        st.builds(rules.Group, st.just(rules.Operator.CREDITS), some, st.integers(1, 9_999_999)),
        st.builds(rules.Group, st.just(rules.Operator.ECTS), some, st.integers(1, 9_999_999)),
    )


def depth(node):
    return 1 + max(map(depth, node.children)) if isinstance(node, rules.Group) else 1


@given(
    tree=st.recursive(leaves, groups, max_leaves=12).filter(
        lambda tree: depth(tree) <= rule_text.MAX_DEPTH
    ),
    names=st.lists(st.text(min_size=1), min_size=5, max_size=5, unique=True),
    counts_once=st.booleans(),
)
def test_a_rule_written_and_read_is_the_same(tree, names, counts_once):
    if isinstance(tree, rules.Group):
        tree = replace(tree, counts_once=counts_once)

    def name(leaf):
        issuer = f"issuer-{leaf.issuer_id}" if leaf.issuer_id else ""
        match leaf:
            case rules.CourseLeaf():
                return rule_text.Name(rule_text.COURSE, names[leaf.course_id - 1], issuer)
            case rules.AchievementLeaf():
                return rule_text.Name(rule_text.TRACK, names[leaf.achievement_id - 1], issuer)
            case _:
                return rule_text.Name(rule_text.SKILL, names[leaf.skill_id - 1], issuer)

    def lookup(kind, wanted):
        if kind == rule_text.ISSUER:
            return {slug: int(slug[-1]) for slug in wanted}
        return {slug: names.index(slug) + 1 for slug in wanted}

    kinds = {found: name(found) for found in rules.leaves(tree)}

    text = rule_text.format_rule(tree, names=kinds)
    again = rule_text.parse(text, lookup=lookup)

    assert again == tree


@given(text=st.text(alphabet=' \t\n":()%,2ofalestcourse\\', max_size=80))
def test_any_text_is_a_rule_or_says_what_is_wrong(text):
    try:
        parse(text)
    except rule_text.RuleTextError as error:
        assert error.errors  # noqa: PT017  the other outcome is right, too


def find(kind, name):
    found = rule_text.catalog_lookup(courses=Course.objects.all(), tracks=Track.objects.all())
    return found(kind, {name}).get(name)


@pytest.mark.django_db
def test_courses_are_found_by_slug_and_by_external_id():
    course = CourseFactory(slug="sql-basics", external_id="learn.SQL")

    assert find("course", "SQL-Basics") == course.pk
    assert find("course", "learn.SQL") == course.pk
    assert find("course", "LEARN.sql") == course.pk


@pytest.mark.django_db
def test_the_exact_slug_wins_over_another_course_s_external_id():
    CourseFactory(slug="one", external_id="two")
    second = CourseFactory(slug="two", external_id="three")

    assert find("course", "two") == second.pk


@pytest.mark.django_db
def test_names_of_a_stored_rule_lead_back_to_it():
    course, part = published_course(), published_course()
    track = published_track(part)
    tree = rules.all_of(leaf(course), leaf(track), rules.AchievementLeaf(part.achievement.pk))

    text = rule_text.format_rule(tree, names=rule_text.names_of(tree))

    assert text.splitlines()[3].strip() == f"credential: {part.slug}"
    assert (
        rule_text.parse(
            text,
            lookup=rule_text.catalog_lookup(
                courses=Course.objects.all(), tracks=Track.objects.all()
            ),
        )
        == tree
    )
