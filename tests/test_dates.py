"""Dates: what a save says is shown as it is, and nothing more precise than it says."""

from __future__ import annotations

import datetime
import zoneinfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from generator import dates

NEW_YORK = zoneinfo.ZoneInfo("America/New_York")


def test_a_time_without_zone_is_in_the_zone_of_the_site() -> None:
    assert dates.instant("1970-01-01T00:00:00", datetime.UTC) == 0
    assert dates.instant("1970-01-01T00:00:00", NEW_YORK) == 5 * 3600
    assert dates.instant("1970-01-01T00:00:00Z", NEW_YORK) == 0
    assert dates.instant("1970-01-01T01:00:00+01:00", NEW_YORK) == 0


def test_a_day_counts_from_its_start_and_no_date_comes_first() -> None:
    assert dates.instant("1970-01-02", datetime.UTC) == 86_400
    assert dates.instant(None, datetime.UTC) < dates.instant("0001-01-01", datetime.UTC)


@pytest.mark.parametrize(
    ("posted", "year_month", "day", "day_and_time"),
    [
        ("2025-10-15T17:22:00", (2025, 10), "15 October 2025", "Wednesday 15 October 2025, 17:22"),
        ("2007-04-05T10:00:00Z", (2007, 4), "5 April 2007", "Thursday 5 April 2007, 10:00"),
        ("2007-04-05", (2007, 4), "5 April 2007", "Thursday 5 April 2007"),
        (None, None, "", ""),
    ],
)
def test_dates_in_words(posted: str | None, year_month: tuple[int, int] | None, day: str, day_and_time: str) -> None:
    assert dates.year_month(posted) == year_month
    assert dates.day(posted) == day
    assert dates.day_and_time(posted) == day_and_time
    assert dates.month(2025, 10) == "October 2025"


@given(
    st.one_of(
        st.dates().map(datetime.date.isoformat),
        st.datetimes(timezones=st.none() | st.timezones()).map(datetime.datetime.isoformat),
    )
)
def test_every_saved_time_can_be_ordered_and_shown(posted: str) -> None:
    assert isinstance(dates.instant(posted, NEW_YORK), float)
    assert dates.day_and_time(posted).split(" ", 1)[1].startswith(dates.day(posted))


@given(st.datetimes(), st.datetimes())
def test_order_is_that_of_the_times(one: datetime.datetime, other: datetime.datetime) -> None:
    first, second = (dates.instant(when.isoformat(), datetime.UTC) for when in (one, other))
    assert (first <= second) or one > other
