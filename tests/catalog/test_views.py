from __future__ import annotations

import datetime
import re

import pytest
from django.test import Client
from django.urls import reverse

from catalog import actions, prerequisites, rules
from catalog.search.index import live
from tests.factories import (
    CourseFactory,
    CourseRunFactory,
    SkillFactory,
    TrackFactory,
    leaf,
    published_course,
    published_track,
)

pytestmark = pytest.mark.django_db

COURSES = reverse("catalog:courses")
LONG_AGO = datetime.date(2020, 1, 1)


def text(response) -> str:
    return response.content.decode()


def test_an_empty_catalog_has_a_front_page(client: Client):
    assert "The catalog is still empty" in text(client.get(reverse("catalog:home")))


def test_the_front_page_leads_to_fields_tracks_and_courses(client: Client):
    course = published_course(field="data")
    track = published_track(course)

    html = text(client.get(reverse("catalog:home")))

    assert f'href="{COURSES}?field=data"' in html
    assert track.get_absolute_url() in html
    assert course.get_absolute_url() in html


def test_drafts_are_nowhere(client: Client):
    course, track = CourseFactory(title="Secret course"), TrackFactory(title="Secret track")

    listed = [text(client.get(reverse(f"catalog:{name}"))) for name in ("courses", "tracks")]

    assert not any("Secret" in html for html in listed)
    assert client.get(course.get_absolute_url()).status_code == 404
    assert client.get(track.get_absolute_url()).status_code == 404


def test_a_retired_course_is_not_listed_but_keeps_its_page(client: Client):
    course = published_course(title="Old course")
    actions.retire(item=course)

    assert "Old course" not in text(client.get(COURSES))
    assert "no longer offered" in text(client.get(course.get_absolute_url()))


def test_the_search_is_shown_with_what_was_searched(client: Client):
    published_course(title="SQL basics")

    html = text(client.get(COURSES, {"q": '"><b>sql'}))

    assert "SQL basics" in html
    assert "<b>sql" not in html


def test_a_search_without_a_match_leads_on(client: Client):
    published_course()

    assert "No course matches" in text(client.get(COURSES, {"q": "zzz"}))


def test_htmx_gets_the_results_alone(client: Client):
    published_course(title="SQL basics")

    response = client.get(COURSES, {"q": "sql"}, headers={"HX-Request": "true"})

    assert "SQL basics" in text(response)
    assert "<html" not in text(response)
    assert "HX-Request" in response["Vary"]


@pytest.mark.parametrize("page", ["0", "-1", "x", "999999999999999999999", "", "1.5"])
def test_a_page_that_does_not_exist_shows_one_that_does(client: Client, page: str):
    published_course(title="SQL basics")

    assert "SQL basics" in text(client.get(COURSES, {"page": page}))


def test_pages_keep_the_filters(client: Client):
    for n in range(21):
        published_course(title=f"SQL {n}", field="data")

    html = text(client.get(COURSES, {"q": "sql", "field": "data"}))

    assert "?q=sql&amp;field=data&amp;page=2" in html


def test_an_unknown_filter_filters_nothing(client: Client):
    published_course(title="SQL basics")

    assert "SQL basics" in text(client.get(COURSES, {"field": "nonsense", "level": "99"}))


@pytest.mark.parametrize("name", ["home", "courses", "tracks"])
def test_lists_take_as_many_queries_however_long_they_are(
    client: Client, name: str, django_assert_max_num_queries, settings, tmp_path
):
    for n in range(12):
        published_track(published_course(title=f"Course {n:02}"), title=f"Track {n:02}")
    settings.SEARCH_INDEX_DIR = tmp_path
    live().build()

    with django_assert_max_num_queries(7):
        client.get(reverse(f"catalog:{name}"))


def test_a_course_page_has_what_one_decides_by(client: Client):
    course = published_course(
        quiz=True, eqf_level=4, prerequisites="Some *algebra*.", description="## Inside"
    )
    track = published_track(course)

    html = text(client.get(course.get_absolute_url()))

    for part in ("EQF 4", "<em>algebra</em>", "<h3>Inside</h3>", "Lesson 1", "Quiz", track.title):
        assert part in html


def test_a_course_page_says_what_to_complete_first_and_leads_there(client: Client):
    first, skill = published_course(title="First steps"), SkillFactory(label="walk upright")
    track = published_track(first, title="All steps")
    course = published_course(title="Second steps")
    tree = rules.all_of(leaf(first), leaf(track), rules.SkillLeaf(skill.pk))
    prerequisites.store(course, tree)

    html = text(client.get(course.get_absolute_url()))

    assert "Something to complete first" in html
    assert "First: Complete all of First steps, All steps and " in html
    for page in (first, track, skill):
        assert f'<a href="{page.get_absolute_url()}">{page}</a>' in html


def test_a_course_that_asks_for_nothing_says_so(client: Client):
    html = text(client.get(published_course(prerequisites="").get_absolute_url()))

    assert "Nothing is asked for" in html


@pytest.mark.parametrize(
    ("prices", "said"),
    [
        ([(49, "EUR")], "49 EUR"),
        ([(0, "")], "Free"),
        ([(49, "EUR"), ("90.50", "EUR")], "from 49 EUR"),
        ([(0, ""), (90, "EUR")], "Free, or paid"),
        ([(None, "")], None),
    ],
)
def test_a_card_says_the_lowest_price_that_is_told(client: Client, prices, said):
    course = published_course()
    course.runs.all().delete()
    for price, currency in prices:
        CourseRunFactory(course=course, price=price, currency=currency)
    CourseRunFactory(course=course, price=1, currency="EUR", enrollment_closes_on=LONG_AGO)

    html = text(client.get(COURSES))

    found = [cell.strip() for cell in re.findall(r"<li>([^<]*(?:EUR|Free)[^<]*)</li>", html)]
    assert found == ([said] if said else [])


def test_cards_are_in_the_readers_language_everywhere(client: Client):
    course, skill = published_course(title="Reading maps"), SkillFactory()
    course.skills.add(skill)
    course.translations.create(language="de", title="Karten lesen")
    pages = [
        *(reverse("catalog:home"), skill.get_absolute_url()),
        reverse("catalog:provider", args=[course.provider.slug]),
    ]

    for page in pages:
        assert "Karten lesen" in text(client.get(page, headers={"accept-language": "de"})), page


def test_a_visitor_is_led_to_an_account_and_back(client: Client):
    course = published_course()

    html = text(client.get(course.get_absolute_url()))

    assert f"{reverse('account_signup')}?next={course.get_absolute_url()}" in html


def test_a_track_page_says_its_rule_and_draws_its_stack(client: Client):
    first, second = published_course(title="First"), published_course(title="Second")
    below = published_track(first, title="Below")
    track = published_track(title="Above", tree=rules.any_of(leaf(below), leaf(second)))

    html = text(client.get(track.get_absolute_url()))

    assert "Complete any one of Below or Second." in html
    stack = html.partition('id="stack"')[2].partition('id="choices"')[0]
    for part in (below, first, second):
        assert stack.count(f'href="{part.get_absolute_url()}"') == 2  # in the picture and the list
    assert "style=" not in html


def test_a_track_page_names_the_shortest_way_and_where_to_start(client: Client):
    long, short = published_course(title="Long", lessons=3), published_course(title="Short")
    track = published_track(tree=rules.any_of(leaf(long), leaf(short)))

    html = text(client.get(track.get_absolute_url()))

    assert "1 course on the shortest way" in html
    assert f'href="{short.get_absolute_url()}">Start with the first</a>' in html


def test_a_track_page_says_what_it_stacks_into(client: Client):
    below = published_track(published_course(), title="Below")
    published_track(below, title="Above")

    assert "Above" in text(client.get(below.get_absolute_url()))


def test_a_deep_track_takes_a_bounded_number_of_queries(
    client: Client, django_assert_max_num_queries
):
    track = published_track(*(published_course() for _ in range(4)))
    for _ in range(3):
        track = published_track(track, *(published_course() for _ in range(4)))

    with django_assert_max_num_queries(24):
        client.get(track.get_absolute_url())


def test_the_notices_name_whose_work_is_used(client: Client):
    html = text(client.get(reverse("catalog:notices")))

    assert "ESCO" in html
    assert "Microsoft Learn" in html
