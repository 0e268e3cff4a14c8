"""Times in words: cut points, London's clock changes, and every state of a clock."""

from datetime import UTC, datetime, timedelta

import pytest

from servicedesk.core.words import (
    ago_in_words,
    clock_view,
    due_in_words,
    duration_in_words,
    exact,
    moment_in_words,
    moment_view,
)

NOW = datetime(2026, 11, 21, 14, 20, tzinfo=UTC)


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (0, "0 s"),
        (59.9, "59 s"),
        (60, "1 min"),
        (3599, "59 min"),
        (3600, "1 h"),
        (4800, "1 h 20 min"),
        (86399, "23 h 59 min"),
        (86400, "1 day"),
        (100800, "1 day 4 h"),
        (172800, "2 days"),
        (-4800, "1 h 20 min"),
    ],
)
def test_a_duration_is_cut_to_what_matters(seconds: float, words: str) -> None:
    assert duration_in_words(seconds) == words


@pytest.mark.parametrize(
    ("at", "words"),
    [
        (datetime(2026, 11, 21, 15, 40, tzinfo=UTC), "today 15:40"),
        (datetime(2026, 11, 22, 9, 0, tzinfo=UTC), "tomorrow 09:00"),
        (datetime(2026, 11, 20, 23, 59, tzinfo=UTC), "yesterday 23:59"),
        (datetime(2026, 11, 19, 9, 12, tzinfo=UTC), "Thu 19 Nov 09:12"),
        (datetime(2025, 1, 3, 10, 0, tzinfo=UTC), "Fri 3 Jan 2025 10:00"),
        (datetime(2026, 7, 1, 23, 30, tzinfo=UTC), "Thu 2 Jul 00:30"),
    ],
)
def test_a_moment_is_said_in_london_time(at: datetime, words: str) -> None:
    assert moment_in_words(at, NOW) == words


def test_today_is_londons_day_and_not_utcs() -> None:
    late = datetime(2026, 7, 1, 23, 30, tzinfo=UTC)
    assert moment_in_words(late, late + timedelta(hours=1)) == "today 00:30"


@pytest.mark.parametrize(
    ("passed", "words"),
    [
        (timedelta(days=2, hours=5), "2 days ago (Thu 19 Nov 09:20)"),
        (timedelta(days=100), "3 months ago (Thu 13 Aug 15:20)"),
        (timedelta(days=3882), "10 years ago (Tue 5 Apr 2016 15:20)"),
        (timedelta(seconds=59), "just now (today 14:19)"),
        (timedelta(seconds=-5), "just now (today 14:20)"),
        (timedelta(minutes=4), "4 min ago (today 14:16)"),
    ],
)
def test_ago_says_how_long_and_when(passed: timedelta, words: str) -> None:
    assert ago_in_words(NOW - passed, NOW) == words


@pytest.mark.parametrize(
    ("left", "words"),
    [
        (timedelta(hours=1, minutes=20), "in 1 h 20 min (today 15:40)"),
        (timedelta(0), "in 0 s (today 14:20)"),
        (timedelta(minutes=-20), "20 min overdue (today 14:00)"),
    ],
)
def test_due_says_how_near_and_when(left: timedelta, words: str) -> None:
    assert due_in_words(NOW + left, NOW) == words


def test_exact_names_the_zone_of_its_season() -> None:
    assert exact(datetime(2026, 11, 19, 9, 12, 5, tzinfo=UTC)) == "Thursday 19 November 2026, 09:12:05 GMT"
    assert exact(datetime(2026, 7, 2, 9, 0, tzinfo=UTC)) == "Thursday 2 July 2026, 10:00:00 BST"


def test_a_moment_view_carries_words_short_words_and_title() -> None:
    view = moment_view(NOW - timedelta(hours=3), NOW)
    assert (view.words, view.short) == ("3 h ago (today 11:20)", "3 h ago")
    assert view.title == "Saturday 21 November 2026, 11:20:00 GMT"


HOUR = timedelta(hours=1)
CLOCKS = [
    (NOW + HOUR, {"share": 0.74}, "running", "in 1 h (today 15:20)", "1 h left"),
    (NOW + HOUR, {"share": 0.75}, "due_soon", "in 1 h (today 15:20)", "1 h left"),
    (NOW, {"share": 1.0}, "due_soon", "in 0 s (today 14:20)", "0 s left"),
    (NOW - HOUR, {}, "breached", "1 h overdue (today 13:20)", "1 h overdue"),
    (
        NOW - HOUR,
        {"held_for": "the supplier"},
        "held",
        "Clock held: waiting for the supplier",
        "held: the supplier",
    ),
    (NOW - HOUR, {"stopped_at": NOW - HOUR}, "met", "Met (today 13:20)", "met"),
    (NOW - HOUR, {"stopped_at": NOW}, "breached", "Missed (today 14:20)", "missed"),
    (None, {}, "none", "No target", "no target"),
]


@pytest.mark.parametrize(("due_at", "facts", "state", "words", "short"), CLOCKS)
def test_a_clock_is_words_for_each_state(due_at, facts, state, words, short) -> None:
    view = clock_view(due_at, NOW, **facts)
    assert (view.state, view.words, view.short) == (state, words, short)


def test_working_time_left_is_not_refreshed_by_the_wall_clock() -> None:
    view = clock_view(NOW + timedelta(days=2), NOW, share=0.1, left=HOUR)
    assert (view.words, view.short, view.live) == (
        "1 h left in working hours (Mon 23 Nov 14:20)",
        "1 h left",
        False,
    )
    assert clock_view(NOW + HOUR, NOW, left=HOUR).live
