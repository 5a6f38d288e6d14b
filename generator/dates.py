"""Dates of threads: a saved time in; its order, its month, or words for it out. English names; no locale, no clock."""

from __future__ import annotations

import datetime

MONTHS = (
    "January", "February", "March", "April", "May", "June",
    "July", "August", "September", "October", "November", "December",
)  # fmt: skip
WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")


def instant(posted: str | None, zone: datetime.tzinfo) -> float:
    """Give the seconds since 1970 of a saved time, in `zone` if it names none; no date sorts before every date."""
    if not posted:
        return float("-inf")
    when = datetime.datetime.fromisoformat(posted)
    since = (when if when.tzinfo else when.replace(tzinfo=zone)) - datetime.datetime(1970, 1, 1, tzinfo=datetime.UTC)
    return since.total_seconds()


def year_month(posted: str | None) -> tuple[int, int] | None:
    """Give year and month as saved; None without a date."""
    return (int(posted[:4]), int(posted[5:7])) if posted else None


def day(posted: str | None) -> str:
    """Write a date: "15 October 2025", or "" without one."""
    return f"{int(posted[8:10])} {MONTHS[int(posted[5:7]) - 1]} {posted[:4]}" if posted else ""


def day_and_time(posted: str | None) -> str:
    """Write "Wednesday 15 October 2025, 17:22", or as much of it as is saved."""
    if not posted:
        return ""
    weekday = WEEKDAYS[datetime.date.fromisoformat(posted[:10]).weekday()]
    time = f", {posted[11:16]}" if len(posted) > 10 else ""
    return f"{weekday} {day(posted)}{time}"


def month(year: int, number: int) -> str:
    """Write "October 2025"."""
    return f"{MONTHS[number - 1]} {year}"


def rank(posted: str | None, zone: datetime.tzinfo) -> str:
    """Give a text that sorts as `instant` does."""
    if not posted:
        return "0"
    # Microseconds since the year 0: no date that can be written is before it.
    return f"1{int((instant(posted, zone) + 63_000_000_000) * 1_000_000):018d}"
