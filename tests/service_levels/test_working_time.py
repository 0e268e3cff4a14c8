"""Working calendars; S numbers are the cases that other service desks got wrong."""

import json
import pickle
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from servicedesk.core.errors import RuleViolation
from servicedesk.service_levels.bank_holidays import SUBDIVISIONS, bank_holidays
from servicedesk.service_levels.working_time import DAY_SECONDS, WorkingCalendar, to_instant

LONDON = ZoneInfo("Europe/London")
HOUR = 3600
OFFICE = WorkingCalendar.weekly("Europe/London", {"mon-fri": ["08:00-18:00"]})
ALWAYS = WorkingCalendar.weekly("Europe/London", {"mon-sun": ["00:00-24:00"]})
OFFICIAL = Path(__file__).resolve().parents[3] / "shared" / "data" / "bank_holidays" / "bank-holidays.json"


def london(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=LONDON).astimezone(UTC)


def test_s1_target_runs_over_the_night() -> None:
    assert OFFICE.add(london("2026-01-05 17:00"), 4 * HOUR) == london("2026-01-06 11:00")
    assert OFFICE.add(london("2026-01-05 17:00"), 3 * HOUR) == london("2026-01-06 10:00")


def test_s3_counting_begins_at_the_next_opening() -> None:
    saturday = london("2026-01-10 14:00")
    assert OFFICE.next_opening(saturday) == london("2026-01-12 08:00")
    assert OFFICE.add(saturday, 4 * HOUR) == london("2026-01-12 12:00")


def test_s4_five_minutes_before_and_after_the_night_are_ten() -> None:
    assert OFFICE.working_seconds(london("2026-01-05 17:55"), london("2026-01-06 08:05")) == 600


def test_s6_a_rest_that_does_not_fit_rolls_to_the_next_morning() -> None:
    assert OFFICE.add(london("2026-01-05 17:59:59"), 2) == london("2026-01-06 08:00:01")


def test_a_rest_that_just_fits_ends_at_the_closing() -> None:
    assert OFFICE.add(london("2026-01-05 17:00"), HOUR) == london("2026-01-05 18:00")


def test_nothing_added_stays_even_while_closed() -> None:
    saturday = london("2026-01-10 14:00")
    assert OFFICE.add(saturday, 0) == saturday


@pytest.mark.parametrize(
    ("friday", "monday"),
    [("2026-03-27 17:00", "2026-03-30 08:00"), ("2026-10-23 17:00", "2026-10-26 08:00")],
)
def test_s18_opening_keeps_its_local_time_over_a_change_of_clocks(friday: str, monday: str) -> None:
    assert OFFICE.add(london(friday), HOUR + 1) == london(monday) + timedelta(seconds=1)


@pytest.mark.parametrize(
    ("day", "hours"), [("2026-03-29", 23), ("2026-10-25", 25), ("2026-06-07", 24), ("2026-01-04", 24)]
)
def test_s18_always_open_counts_real_hours(day: str, hours: int) -> None:
    start = london(f"{day} 00:00")
    end = london(f"{date.fromisoformat(day) + timedelta(days=1)} 00:00")
    assert ALWAYS.working_seconds(start, end) == hours * HOUR
    assert ALWAYS.add(start, hours * HOUR) == end


def test_s18_a_window_inside_the_lost_hour_shrinks_to_what_there_is() -> None:
    night = WorkingCalendar.weekly("Europe/London", {"sun": ["00:30-01:30", "01:30-03:00"]})
    start, end = london("2026-03-29 00:00"), london("2026-03-29 12:00")
    assert list(night.windows_between(start, end)) == [
        (london("2026-03-29 00:30"), london("2026-03-29 03:00"))
    ]
    assert night.working_seconds(start, end) == 90 * 60
    lost = WorkingCalendar.weekly("Europe/London", {"sun": ["01:10-01:50"]})
    assert list(lost.windows_between(start, end)) == []


def test_s18_a_time_that_comes_twice_means_its_first_coming() -> None:
    night = WorkingCalendar.weekly("Europe/London", {"sun": ["00:00-01:30"]})
    assert night.working_seconds(london("2026-10-25 00:00"), london("2026-10-25 12:00")) == 90 * 60


def test_s19_closures_count_nothing_and_belong_to_their_own_calendar() -> None:
    closed = WorkingCalendar.weekly(
        "Europe/London", {"mon-fri": ["08:00-18:00"]}, closures=bank_holidays("england-and-wales", [2026])
    )
    thursday = london("2026-04-02 17:00")
    assert closed.add(thursday, 2 * HOUR) == london("2026-04-07 09:00")
    assert OFFICE.add(thursday, 2 * HOUR) == london("2026-04-03 09:00")


def test_s20_a_calendar_without_open_time_is_refused() -> None:
    for windows in ({}, {0: ()}):
        with pytest.raises(RuleViolation, match="no open time"):
            WorkingCalendar("Europe/London", windows)


def test_s20_closures_without_end_end_the_search() -> None:
    days = frozenset(date(2026, 1, 1) + timedelta(days=n) for n in range(64_000))
    shut = WorkingCalendar("Europe/London", OFFICE.windows, days)
    for ask in (shut.next_opening, lambda at: shut.add(at, 1), lambda at: shut.add_working_days(at, 1)):
        with pytest.raises(RuleViolation, match="too little open time"):
            ask(london("2026-01-05 17:00"))


def test_s21_a_working_day_never_ends_with_what_is_left_of_today() -> None:
    calendar = WorkingCalendar("Europe/London", OFFICE.windows, frozenset({date(2026, 1, 6)}))
    assert calendar.add_working_days(london("2026-01-05 17:50"), 1) == london("2026-01-07 17:50")
    assert calendar.working_days_in_seconds(london("2026-01-05 17:50"), 1) == 10 * HOUR


@pytest.mark.parametrize(
    ("start", "days", "end"),
    [
        ("2026-01-05 09:00", 2, "2026-01-07 09:00"),
        ("2026-01-09 09:00", 1, "2026-01-12 09:00"),
        ("2026-01-10 14:00", 1, "2026-01-12 18:00"),
        ("2026-01-05 19:00", 1, "2026-01-06 18:00"),
        ("2026-03-27 17:00", 1, "2026-03-30 17:00"),
        ("2026-01-05 09:00", 0, "2026-01-05 09:00"),
    ],
)
def test_s21_working_days_end_at_the_same_local_time(start: str, days: int, end: str) -> None:
    assert OFFICE.add_working_days(london(start), days) == london(end)


def test_s21_no_days_at_all_end_at_once_even_in_an_hour_that_comes_again() -> None:
    second_coming = datetime(2026, 10, 25, 1, 30, tzinfo=UTC)
    assert ALWAYS.add_working_days(second_coming, 0) == second_coming


def test_s21_a_shorter_day_counts_whole() -> None:
    short = WorkingCalendar.weekly("Europe/London", {"mon-thu": ["08:00-18:00"], "fri": ["08:00-12:00"]})
    assert short.add_working_days(london("2026-01-08 17:50"), 1) == london("2026-01-09 12:00")


def test_s22_the_gap_between_two_windows_is_not_counted() -> None:
    lunch = WorkingCalendar.weekly("Europe/London", {"mon-fri": ["13:00-18:00", "08:00-12:00"]})
    assert lunch.working_seconds(london("2026-01-05 11:00"), london("2026-01-05 14:00")) == 2 * HOUR
    assert lunch.next_opening(london("2026-01-05 12:00")) == london("2026-01-05 13:00")


def test_s22_overlapping_windows_are_refused_and_touching_ones_are_one() -> None:
    with pytest.raises(RuleViolation, match="overlap"):
        WorkingCalendar.weekly("Europe/London", {"mon-fri": ["08:00-12:00"], "wed": ["11:59-18:00"]})
    touching = WorkingCalendar.weekly("Europe/London", {"mon": ["08:00-12:00", "12:00-18:00"]})
    day = london("2026-01-05 00:00"), london("2026-01-06 00:00")
    assert list(touching.windows_between(*day)) == [(london("2026-01-05 08:00"), london("2026-01-05 18:00"))]


def test_s23_opening_is_open_and_closing_is_closed() -> None:
    moments = ["07:59:59", "08:00:00", "17:59:59", "18:00:00"]
    assert [OFFICE.is_open(london(f"2026-01-05 {time}")) for time in moments] == [False, True, True, False]
    assert OFFICE.next_opening(london("2026-01-05 18:00")) == london("2026-01-06 08:00")
    assert OFFICE.next_opening(london("2026-01-05 08:00")) == london("2026-01-05 08:00")


def test_windows_between_are_cut_to_the_question() -> None:
    found = list(OFFICE.windows_between(london("2026-01-09 17:00"), london("2026-01-12 09:00")))
    assert found == [
        (london("2026-01-09 17:00"), london("2026-01-09 18:00")),
        (london("2026-01-12 08:00"), london("2026-01-12 09:00")),
    ]


def test_days_may_go_over_the_weekend_and_windows_may_touch_midnight() -> None:
    calendar = WorkingCalendar.weekly("UTC", {"sat-mon": ["22:00-24:00"], "sun": ["00:00-06:00"]})
    assert calendar.windows == {0: ((79200, 86400),), 5: ((79200, 86400),), 6: ((0, 21600), (79200, 86400))}
    saturday = datetime(2026, 1, 10, 22, tzinfo=UTC)
    assert next(calendar.windows_between(saturday, saturday + timedelta(days=1))) == (
        saturday,
        saturday + timedelta(hours=8),
    )


@pytest.mark.parametrize(
    ("zone", "opening", "message"),
    [
        ("Europe/Londinium", {"mon": ["08:00-18:00"]}, "no time zone"),
        ("", {"mon": ["08:00-18:00"]}, "no time zone"),
        ("Europe/London", {"monday": ["08:00-18:00"]}, "names no days"),
        ("Europe/London", {"mon": ["8-18"]}, "is no opening time"),
        ("Europe/London", {"mon": ["08:00-17:60"]}, "past 59"),
        ("Europe/London", {"mon": ["18:00-08:00"]}, "before its closing"),
        ("Europe/London", {"mon": ["08:00-24:01"]}, "before its closing"),
    ],
)
def test_what_cannot_be_a_calendar_is_refused(zone: str, opening: dict[str, list[str]], message: str) -> None:
    with pytest.raises(RuleViolation, match=message):
        WorkingCalendar.weekly(zone, opening)


def test_naive_instants_and_backward_questions_are_mistakes() -> None:
    aware, naive = london("2026-01-05 09:00"), london("2026-01-05 09:00").replace(tzinfo=None)
    for ask in (OFFICE.is_open, OFFICE.next_opening, lambda at: OFFICE.add(at, 1)):
        with pytest.raises(ValueError, match="no time zone"):
            ask(naive)
    with pytest.raises(ValueError, match="is before"):
        OFFICE.working_seconds(aware, aware - timedelta(seconds=1))
    with pytest.raises(ValueError, match="backwards"):
        OFFICE.add(aware, -1)


def test_instants_out_of_all_reason_are_refused() -> None:
    with pytest.raises(RuleViolation, match="between the years"):
        OFFICE.is_open(datetime.max.replace(tzinfo=UTC))


def test_the_index_grows_both_ways_without_changing_an_answer() -> None:
    calendar = WorkingCalendar("Europe/London", OFFICE.windows)
    ask = london("2026-01-05 09:00"), london("2026-02-05 09:00")
    before = calendar.working_seconds(*ask)
    assert calendar.is_open(london("1999-01-04 09:00"))
    assert calendar.add(london("2026-01-05 09:00"), 260 * 10 * HOUR * 20).year == 2045
    assert calendar.working_seconds(*ask) == before == 23 * 10 * HOUR


def test_calendars_are_values() -> None:
    same = WorkingCalendar.weekly("Europe/London", {"mon-thu": ["08:00-18:00"], "fri": ["08:00-18:00"]})
    assert same == OFFICE
    assert hash(same) == hash(OFFICE)
    assert pickle.loads(pickle.dumps(OFFICE)) == OFFICE
    assert OFFICE != ALWAYS


@pytest.mark.shared_data
@pytest.mark.skipif(not OFFICIAL.exists(), reason="the public data is not beside the project")
@pytest.mark.parametrize("nation", SUBDIVISIONS)
def test_bank_holidays_are_the_official_ones(nation: str) -> None:
    events = json.loads(OFFICIAL.read_text())[nation]["events"]
    official = {date.fromisoformat(event["date"]) for event in events}
    assert set(bank_holidays(nation, range(2015, 2029))) == official


def test_bank_holidays_have_substitutes_and_know_their_nations() -> None:
    assert {date(2026, 12, 25), date(2026, 12, 28)} <= set(bank_holidays("england-and-wales", [2026]))
    assert date(2026, 12, 26) not in bank_holidays("england-and-wales", [2026])
    assert len(bank_holidays("england-and-wales", [2026])) == 8
    with pytest.raises(RuleViolation, match="Choose one of"):
        bank_holidays("yorkshire", [2026])


# Properties, on random calendars of whole minutes around the changes of the clocks.

MINUTES_OF_DAY = st.integers(0, 24 * 60).map(lambda minute: minute * 60)
DAY_WINDOWS = st.lists(MINUTES_OF_DAY, unique=True, max_size=6).map(
    lambda cuts: tuple(zip(sorted(cuts)[::2], sorted(cuts)[1::2], strict=False))
)
ZONES = st.sampled_from(["Europe/London", "America/New_York", "Asia/Kolkata", "UTC"])
DAYS = st.sampled_from([date(2026, 3, 26), date(2026, 10, 22), date(2026, 3, 5), date(2026, 10, 29)])
CALENDARS = st.builds(
    WorkingCalendar,
    ZONES,
    st.dictionaries(st.integers(0, 6), DAY_WINDOWS, min_size=1).filter(lambda days: any(days.values())),
    st.frozensets(
        st.builds(lambda day, more: day + timedelta(days=more), DAYS, st.integers(0, 9)), max_size=5
    ),
)
INSTANTS = st.builds(
    lambda day, seconds: datetime(day.year, day.month, day.day, tzinfo=UTC) + timedelta(seconds=seconds),
    DAYS,
    st.integers(0, 9 * DAY_SECONDS),
)
SPANS = st.integers(0, 20 * DAY_SECONDS)
slowly = settings(deadline=None, max_examples=60)


def open_in_minute(calendar: WorkingCalendar, at: datetime) -> bool:
    """Look at the clock on the wall; in an hour that comes again its hand waits at 01:59."""
    wall = at.astimezone(ZoneInfo(calendar.time_zone))
    if wall.fold:
        wall = wall.replace(minute=59)
    second = wall.hour * 3600 + wall.minute * 60
    windows = () if wall.date() in calendar.closures else calendar.windows.get(wall.weekday(), ())
    return any(opens <= second < closes for opens, closes in windows)


@slowly
@given(CALENDARS, DAYS, st.integers(0, 3 * 24 * 60), st.integers(0, 5 * 24 * 60))
def test_s28_a_counter_of_minutes_agrees(
    calendar: WorkingCalendar, day: date, begin: int, length: int
) -> None:
    start = datetime(day.year, day.month, day.day, tzinfo=UTC) + timedelta(minutes=begin)
    minutes = (start + timedelta(minutes=minute) for minute in range(length))
    counted = sum(open_in_minute(calendar, minute) for minute in minutes) * 60
    assert calendar.working_seconds(start, start + timedelta(minutes=length)) == counted
    assert calendar.is_open(start) == open_in_minute(calendar, start)


@slowly
@given(CALENDARS, INSTANTS, st.integers(1, 200 * HOUR))
def test_s28_add_and_working_seconds_are_inverse(
    calendar: WorkingCalendar, start: datetime, seconds: int
) -> None:
    end = calendar.add(start, seconds)
    assert calendar.working_seconds(start, end) == seconds
    assert calendar.is_open(end - timedelta(seconds=1))
    assert calendar.add(start, seconds - 1) < end


@slowly
@given(CALENDARS, INSTANTS, SPANS, SPANS)
def test_s28_counting_is_additive_and_never_goes_back(
    calendar: WorkingCalendar, start: datetime, first: int, second: int
) -> None:
    middle = start + timedelta(seconds=first)
    end = middle + timedelta(seconds=second)
    parts = calendar.working_seconds(start, middle), calendar.working_seconds(middle, end)
    assert all(0 <= part <= limit for part, limit in zip(parts, (first, second), strict=True))
    assert calendar.working_seconds(start, end) == sum(parts)
    assert calendar.add(start, second) <= calendar.add(middle, second)


@slowly
@given(CALENDARS, INSTANTS, SPANS)
def test_s28_windows_are_disjoint_and_sum_to_the_count(
    calendar: WorkingCalendar, start: datetime, seconds: int
) -> None:
    end = start + timedelta(seconds=seconds)
    windows = list(calendar.windows_between(start, end))
    edges = [edge for window in windows for edge in window]
    assert edges == sorted(set(edges))
    assert sum((closes - opens).total_seconds() for opens, closes in windows) == calendar.working_seconds(
        start, end
    )


@slowly
@given(CALENDARS, INSTANTS)
def test_s28_the_next_opening_is_open_and_nothing_is_counted_before_it(
    calendar: WorkingCalendar, at: datetime
) -> None:
    opening = calendar.next_opening(at)
    assert calendar.is_open(opening)
    assert calendar.working_seconds(at, opening) == 0


def test_fractions_of_a_second_are_dropped() -> None:
    late = london("2026-01-05 17:59:59").replace(microsecond=999_999)
    assert OFFICE.working_seconds(late, london("2026-01-06 08:00")) == 1
    assert to_instant(0) == datetime(1970, 1, 1, tzinfo=UTC)
