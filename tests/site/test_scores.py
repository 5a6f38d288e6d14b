"""Tests of how scores are counted and weighed."""

from hypothesis import given
from hypothesis import strategies as st

from generator.site.scores import CLASSES, TICKS, are_unlimited, classed, occurring, spread, steps, weight

numbers = st.lists(st.none() | st.integers(-1_000_000, 1_000_000), max_size=30)


def test_scores_have_no_limits_where_one_is_beyond_the_scale_but_on_slashdot() -> None:
    assert are_unlimited("reddit", [None, 6])
    assert are_unlimited("reddit", [-2])
    assert not are_unlimited("reddit", [None, -1, 5])
    assert not are_unlimited("slashdot", [6])


def test_weights() -> None:
    assert [weight(score, unlimited=False) for score in (-57, -1, 0, 3, 5, 4812)] == [-1, -1, 0, 3, 5, 5]
    unlimited = [weight(score, unlimited=True) for score in (-57, -1, 0, 1, 9, 10, 100, 1_000, 99_999)]
    assert unlimited == [-1, -1, 0, 1, 2, 3, 4, 5, 5]


@given(numbers)
def test_every_score_is_counted_once(scores: list[int | None]) -> None:
    given_scores = [score for score in scores if score is not None]
    assert sum(classed(scores)) == len(given_scores) == sum(count for _, count in spread(scores))
    assert sum(count for _, count in occurring(classed(scores))) == len(given_scores)


@given(st.integers(), st.integers())
def test_a_higher_score_never_weighs_less(one: int, other: int) -> None:
    low, high = sorted((one, other))
    for unlimited in (False, True):
        assert weight(low, unlimited=unlimited) <= weight(high, unlimited=unlimited)


def test_each_class_has_a_short_name() -> None:
    assert len(TICKS) == len(CLASSES)


def test_each_step_hides_something_that_the_one_before_shows() -> None:
    assert steps([4812, 57, 12, 3, None, -57]) == (-57, 0, 2, 5, 20, 100)
    assert steps([7]) == (7,)


@given(numbers.filter(bool))
def test_steps_rise_and_the_last_leaves_a_post(scores: list[int | None]) -> None:
    counted = [1 if score is None else score for score in scores]
    left = [sum(score >= step for score in counted) for step in steps(scores)]
    assert left[0] == len(scores)
    assert left == sorted(set(left), reverse=True)
    assert left[-1] > 0
