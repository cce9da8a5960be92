from __future__ import annotations

from itertools import pairwise

from catalog.stack_picture import MAX_LINES, MAX_STONES, WIDTH, draw, width, wrap
from catalog.stacks import Part


def course(number: int, **fields: object) -> Part:
    return Part(kind="course", title=f"Course {number}", course_id=number, **fields)


def track(*parts: Part, title: str = "Track", rule: str = "") -> Part:
    return Part(kind="track", title=title, note="Certificate", rule=rule, parts=parts)


def test_the_credential_is_on_top_and_its_parts_below():
    picture = draw(track(course(1), course(2)))

    assert [stone.title for stone in sorted(picture.stones, key=lambda stone: stone.y)] == [
        "Track",
        "Course 1",
        "Course 2",
    ]


def test_no_stone_lies_on_another_and_all_are_inside():
    group = Part(kind="group", title="any 1 of these 2", parts=(course(3), course(4)))
    picture = draw(track(track(course(1), course(2)), group, course(5)))
    stones = sorted(picture.stones, key=lambda stone: stone.y)

    assert all(above.y + above.h < below.y for above, below in pairwise(stones))
    assert stones[-1].y + stones[-1].h <= picture.height
    assert all(stone.x >= 0 and stone.x + stone.w <= WIDTH for stone in stones)


def test_only_the_first_stone_is_the_goal():
    picture = draw(track(track(course(1))))

    assert [stone.is_goal for stone in picture.stones] == [True, False, False]


def test_what_is_asked_for_never_cuts_off_where_the_learner_stands():
    part = course(1, note="at least 70 % · " * 12, state="done", said="completed")

    (_, stone) = draw(track(part)).stones

    assert stone.notes[-1].text == "completed ✓"
    assert stone.notes[-2].text.endswith("…")
    assert stone.notes[-1].y < stone.y + stone.h


def test_where_the_learner_stands_is_marked_and_said():
    done = course(2, state="done", said="completed")
    picture = draw(track(course(1), done))

    assert [stone.title for stone in picture.stones if stone.state == "done"] == ["Course 2"]
    assert [line.text for line in picture.stones[-1].notes] == ["completed ✓"]


def test_what_a_part_asks_for_is_written_in_full():
    asked = "2 h · at least 70 % · within 24 months · or recognized prior learning"
    picture = draw(track(course(1, note=asked)))
    stone = picture.stones[-1]

    assert " ".join(line.text for line in stone.notes) == asked
    assert len(stone.notes) == 2
    assert stone.notes[0].y > stone.lines[-1].y
    assert stone.notes[-1].y < stone.y + stone.h


def test_in_a_large_stack_the_lower_tracks_stay_closed():
    certificates = [
        track(*(course(10 * n + i) for i in range(5)), title=f"Certificate {n}") for n in range(5)
    ]
    small, large = draw(track(*certificates[:2])), draw(track(*certificates))

    assert len(small.stones) == 1 + 2 + 10
    assert [stone.title for stone in large.stones] == [
        "Track",
        *(f"Certificate {n}" for n in range(5)),
    ]


def test_a_large_track_says_how_much_is_left_out():
    picture = draw(track(*(course(n) for n in range(100))))

    assert (len(picture.stones), picture.left_out) == (MAX_STONES, 101 - MAX_STONES)


def test_a_long_title_ends_in_an_ellipsis():
    lines = wrap("word " * 60, units=30)

    assert len(lines) == MAX_LINES
    assert lines[-1].endswith("…")


def test_lines_fit_in_scripts_without_spaces_too():
    lines = wrap("机器学习与数据分析的基础课程和实践", units=20)

    assert all(width(line) <= 20 for line in lines)
    assert "".join(lines) == "机器学习与数据分析的基础课程和实践"
