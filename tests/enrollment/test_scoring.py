"""What answers earn, as properties that hold for every answer."""

from __future__ import annotations

import itertools
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from enrollment.scoring import credit, folded, score

IDS = list(range(1, 8))
SETS = st.sets(st.sampled_from(IDS))
NUMBERS = st.decimals(-(10**8), 10**8, places=4)


def ticks(right, kind="multiple"):
    return {"kind": kind, "right": sorted(right), "choices": [{"id": pk} for pk in IDS]}


def numeric(answer, tolerance="0"):
    return {"kind": "numeric", "answer": str(answer), "tolerance": str(tolerance), "choices": []}


def text(*accepted):
    return {"kind": "text", "choices": [{"id": n, "text": t} for n, t in enumerate(accepted)]}


def ordering(size):
    return {"kind": "ordering", "choices": [{"id": pk} for pk in range(size)]}


@given(SETS.filter(bool), SETS)
def test_of_several_choices_right_less_wrong_counts_and_never_less_than_nothing(right, ticked):
    earned = credit(ticks(right), sorted(ticked), partial=True)

    expected = Fraction(len(right & ticked) - len(ticked - right), len(right))
    assert earned == max(0, expected)


@given(SETS.filter(bool), SETS)
def test_only_exactly_the_right_choices_earn_everything(right, ticked):
    assert (credit(ticks(right), sorted(ticked), partial=True) == 1) == (right == ticked)


@given(SETS.filter(bool), SETS)
def test_without_partial_credit_an_answer_earns_all_or_nothing(right, ticked):
    earned = credit(ticks(right), sorted(ticked), partial=False)

    assert earned == (right == ticked)


def test_ticking_everything_earns_nothing_where_as_much_is_wrong_as_right():
    assert credit(ticks({1, 2, 3}), [1, 2, 3, 4, 5, 6], partial=True) == 0


@given(SETS)
def test_a_question_without_a_right_choice_is_never_right(ticked):
    assert credit(ticks([]), sorted(ticked), partial=True) == 0
    assert credit(ticks([], kind="single"), sorted(ticked), partial=True) == 0


@given(NUMBERS, NUMBERS, st.decimals(0, 1000, places=4))
def test_a_number_is_right_within_the_tolerance_and_nowhere_else(answer, entered, tolerance):
    earned = credit(numeric(answer, tolerance), str(entered), partial=True)

    assert earned == (answer - tolerance <= entered <= answer + tolerance)


@pytest.mark.parametrize(
    ("entered", "earned"), [("9.5", 1), ("10.5", 1), ("9.499999", 0), ("10.500001", 0), ("-10", 0)]
)
def test_the_borders_of_the_tolerance_are_right(entered, earned):
    assert credit(numeric("10", "0.5"), entered, partial=True) == earned


def test_decimals_are_compared_as_they_are_written():
    """0.1 + 0.2 is 0.3 here, which it is not in binary."""
    assert credit(numeric("0.3", "0.1"), "0.2", partial=True) == 1


@given(st.permutations(list(range(6))))
def test_an_order_earns_the_neighbors_that_follow_each_other(order):
    places = {str(pk): place for place, pk in enumerate(order, 1)}

    earned = credit(ordering(6), places, partial=True)

    follow = sum(other == one + 1 for one, other in itertools.pairwise(order))
    assert earned == Fraction(follow, 5)
    assert (earned == 1) == (order == sorted(order))


def test_one_thing_moved_to_the_end_does_not_cost_the_whole_order():
    places = {"1": 1, "2": 2, "3": 3, "4": 4, "0": 5}

    assert credit(ordering(5), places, partial=True) == Fraction(3, 4)


@given(st.dictionaries(st.sampled_from([str(n) for n in range(6)]), st.integers(1, 6)))
def test_an_order_with_gaps_or_equal_places_earns_at_most_everything_and_only_if_right(places):
    earned = credit(ordering(6), places, partial=True)

    right = {str(n): n + 1 for n in range(6)}
    assert 0 <= earned <= 1
    assert (earned == 1) == (places == right)


PAIRS = {"1": 11, "2": 12, "3": 11, "4": 14}


@given(st.dictionaries(st.sampled_from([*PAIRS, "9"]), st.sampled_from([11, 12, 14, 99])))
def test_each_right_pair_earns_its_share(chosen):
    earned = credit({"kind": "matching", "right": PAIRS}, chosen, partial=True)

    assert earned == Fraction(sum(chosen.get(left) == pk for left, pk in PAIRS.items()), 4)


@pytest.mark.parametrize("response", [None, "", [], {}])
@pytest.mark.parametrize(
    "asked", [ticks({1}), numeric("0"), text(""), ordering(3), {"kind": "matching", "right": PAIRS}]
)
def test_no_answer_earns_nothing(asked, response):
    assert credit(asked, response, partial=True) == 0


@pytest.mark.parametrize(
    "entered",
    ["new york", "  New   York ", "NEW\u00a0YORK", "Ｎｅｗ Ｙｏｒｋ", "New\tYork"],
)
def test_capitals_spaces_and_forms_of_letters_make_no_difference(entered):
    assert credit(text("New York"), entered, partial=True) == 1


@pytest.mark.parametrize(
    ("accepted", "entered"),
    [("don't", "don’t"), ("state-of-the-art", "state‑of‑the‑art"), ("Straße", "STRASSE")],
)
def test_typographic_signs_make_no_difference(accepted, entered):
    assert credit(text(accepted), entered, partial=True) == 1


@pytest.mark.parametrize(("accepted", "entered"), [("résumé", "resume"), ("newyork", "new york")])
def test_other_letters_are_other_answers(accepted, entered):
    assert credit(text(accepted), entered, partial=True) == 0


@given(st.text())
def test_folding_twice_is_folding_once(one):
    assert folded(folded(one)) == folded(one)


@given(st.text(min_size=1))
def test_an_accepted_text_is_right_as_it_stands(accepted):
    assume(accepted.strip())

    assert credit(text("something else", accepted), accepted, partial=True) == 1


FRACTIONS = st.lists(st.fractions(0, 1, max_denominator=20), min_size=1, max_size=30)


@given(FRACTIONS)
def test_a_score_is_the_mean_in_percent_rounded_half_up(earned):
    exact = sum(earned) * 100 / len(earned)

    found = Fraction(score(earned))

    assert 0 <= found <= 100
    assert found - Fraction(1, 200) <= exact < found + Fraction(1, 200)


@given(FRACTIONS, st.randoms())
def test_the_order_of_questions_does_not_change_a_score(earned, chance):
    shuffled = list(earned)
    chance.shuffle(shuffled)

    assert score(shuffled) == score(earned)


def test_three_thirds_are_a_whole():
    assert score([Fraction(1, 3), Fraction(2, 3), Fraction(1)] * 3) == Decimal("66.67")
    assert score([Fraction(1)] * 3) == 100


def test_what_asks_nothing_scores_nothing():
    assert score([]) == 0
