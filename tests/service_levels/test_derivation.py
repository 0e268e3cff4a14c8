"""Clocks derived from the ledger; S numbers are the cases that other service desks got wrong."""

import csv
import gzip
import time
from collections import Counter
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from pathlib import Path
from random import Random
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from servicedesk.core.errors import RuleViolation
from servicedesk.service_levels.bank_holidays import bank_holidays
from servicedesk.service_levels.derivation import (
    RESPONSE_STOPS,
    ClockReading,
    ClockState,
    Colour,
    Verdict,
    instant_of,
    read_clock,
    segments,
)
from servicedesk.service_levels.ledger import HoldReason, LedgerFact, LedgerKind
from servicedesk.service_levels.working_time import WorkingCalendar

HOUR = 3600
TARGET = 4 * HOUR
LONDON = ZoneInfo("Europe/London")
OFFICE = WorkingCalendar.weekly("Europe/London", {"mon-fri": ["08:00-18:00"]})
PAUSES = frozenset({HoldReason.REQUESTER, HoldReason.SUPPLIER})
INCIDENTS = (
    Path(__file__).resolve().parents[3] / "shared" / "data" / "uci_incidents" / "incident_event_log.csv.gz"
)


def london(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=LONDON).astimezone(UTC)


def ledger(*lines: str) -> list[LedgerFact]:
    """Make facts of lines such as “2026-01-05 17:00 held requester”, in London's time."""
    facts = []
    for line in lines:
        day, clock, kind, *detail = line.split()
        facts.append(LedgerFact(LedgerKind(kind), london(f"{day} {clock}"), detail[0] if detail else None))
    return facts


def read(facts: list[LedgerFact], as_of: str, **given_: object) -> ClockReading:
    settings_ = {"target_seconds": TARGET, "calendar": OFFICE, "pauses_on": PAUSES} | given_
    return read_clock(facts, as_of=london(as_of), **settings_)


def reach(facts: list[LedgerFact], seconds: int, as_of: str) -> datetime | None:
    return instant_of(facts, seconds, calendar=OFFICE, pauses_on=PAUSES, as_of=london(as_of))


def buckets(reading: ClockReading) -> tuple[int, int, int, int]:
    return (
        reading.counted_seconds,
        reading.held_seconds,
        reading.closed_seconds,
        reading.resolved_seconds,
    )


def test_s1_due_and_the_step_before_it_run_over_the_night() -> None:
    facts = ledger("2026-01-05 17:00 opened")
    assert read(facts, "2026-01-05 17:00").due_at == london("2026-01-06 11:00")
    assert reach(facts, TARGET - HOUR, "2026-01-05 17:00") == london("2026-01-06 10:00")


@pytest.mark.parametrize("counted", [0, -HOUR])
def test_s2_a_step_before_the_start_is_taken_at_the_start(counted: int) -> None:
    facts = ledger("2026-01-10 14:00 opened", "2026-01-12 09:00 held requester")
    assert reach(facts, counted, "2026-01-12 10:00") == london("2026-01-10 14:00")
    held_at_once = ledger("2026-01-10 14:00 opened", "2026-01-10 14:00 held requester")
    assert reach(held_at_once, counted, "2026-01-12 10:00") == london("2026-01-10 14:00")


def test_s3_raised_and_answered_outside_hours_shows_the_true_instants() -> None:
    facts = ledger("2026-01-10 14:00 opened", "2026-01-10 15:00 responded", "2026-01-11 09:00 resolved")
    assert read(facts[:1], "2026-01-10 14:30").due_at == london("2026-01-12 12:00")
    reading = read(facts, "2026-01-12 09:00")
    assert (reading.stopped_at, reading.verdict) == (london("2026-01-11 09:00"), Verdict.MET)
    assert buckets(reading) == (0, 0, 19 * HOUR, 0)
    response = read(facts, "2026-01-12 09:00", stops_on=RESPONSE_STOPS)
    assert (response.stopped_at, response.wall_seconds) == (london("2026-01-10 15:00"), HOUR)


def test_s4_five_minutes_before_and_after_the_night_are_ten() -> None:
    facts = ledger("2026-01-05 17:55 opened", "2026-01-06 08:05 resolved")
    assert buckets(read(facts, "2026-01-07 09:00")) == (600, 0, 14 * HOUR, 0)


def test_s5_a_hold_over_the_weekend_adds_its_open_hours_only() -> None:
    facts = ledger("2026-01-09 17:00 opened", "2026-01-09 17:30 held requester", "2026-01-12 09:00 resumed")
    reading = read(facts, "2026-01-12 10:00")
    assert buckets(reading) == (5400, 5400, 62 * HOUR, 0)
    assert reading.due_at == london("2026-01-12 12:30")
    assert reading.started_at == london("2026-01-09 17:00")


def test_s6_a_hold_that_pushes_past_closing_rolls_to_the_morning() -> None:
    facts = ledger("2026-01-05 13:00 opened", "2026-01-05 14:00 held supplier", "2026-01-05 16:00 resumed")
    assert read(facts, "2026-01-05 16:00").due_at == london("2026-01-06 09:00")


def test_s6_a_hold_outside_hours_adds_nothing() -> None:
    facts = ledger("2026-01-05 17:00 opened", "2026-01-05 19:00 held supplier", "2026-01-06 07:00 resumed")
    reading = read(facts, "2026-01-06 09:00")
    assert (reading.held_seconds, reading.due_at) == (0, london("2026-01-06 11:00"))


def test_s7_all_holds_count_when_the_target_changes_during_one() -> None:
    facts = ledger(
        "2026-01-05 08:00 opened",
        "2026-01-05 09:00 held requester",
        "2026-01-05 10:00 resumed",
        "2026-01-05 11:00 held supplier",
        "2026-01-05 12:00 resumed",
        "2026-01-05 13:00 held requester",
        "2026-01-05 13:30 prioritised 1",
    )
    held = read(facts, "2026-01-05 15:00", target_seconds=5 * HOUR)
    assert (buckets(held), held.due_at, held.state) == ((3 * HOUR, 4 * HOUR, 0, 0), None, ClockState.HELD)
    resumed = [*facts, *ledger("2026-01-05 15:00 resumed")]
    assert read(resumed, "2026-01-05 15:00", target_seconds=5 * HOUR).due_at == london("2026-01-05 17:00")


def test_s8_a_target_already_used_up_was_breached_when_history_says() -> None:
    facts = ledger(
        "2026-01-05 08:00 opened",
        "2026-01-05 09:00 held requester",
        "2026-01-05 10:00 resumed",
        "2026-01-05 13:00 prioritised 1",
    )
    reading = read(facts, "2026-01-05 13:00", target_seconds=2 * HOUR)
    assert reading.breached_at == reading.due_at == london("2026-01-05 11:00")
    assert (reading.overrun_seconds, reading.verdict) == (2 * HOUR, Verdict.BREACHED)


def test_s9_a_hold_neither_breaches_nor_is_due_and_leaving_it_keeps_the_rest() -> None:
    facts = ledger("2026-01-05 08:00 opened", "2026-01-05 11:58 held requester")
    held = read(facts, "2026-01-08 12:00")
    assert (held.verdict, held.breached_at, held.due_at) == (Verdict.RUNNING, None, None)
    assert reach(facts, TARGET, "2026-01-08 12:00") is None
    resumed = read([*facts, *ledger("2026-01-08 12:00 resumed")], "2026-01-08 12:01")
    assert (resumed.verdict, resumed.due_at) == (Verdict.RUNNING, london("2026-01-08 12:02"))


def test_s9_a_clock_held_after_its_breach_stays_breached() -> None:
    facts = ledger("2026-01-05 08:00 opened", "2026-01-05 13:00 held requester")
    reading = read(facts, "2026-01-05 15:00")
    assert (reading.state, reading.verdict) == (ClockState.HELD, Verdict.BREACHED)
    assert reading.breached_at == reading.due_at == london("2026-01-05 12:00")


def test_s10_one_hold_after_another_is_one_pause_with_two_reasons() -> None:
    facts = ledger(
        "2026-01-05 08:00 opened",
        "2026-01-05 09:00 held requester",
        "2026-01-05 11:00 held supplier",
        "2026-01-05 14:00 resumed",
    )
    assert buckets(read(facts, "2026-01-05 15:00")) == (2 * HOUR, 5 * HOUR, 0, 0)
    drawn = segments(facts, calendar=OFFICE, pauses_on=PAUSES, as_of=london("2026-01-05 15:00"))
    assert [(part.colour, part.reason, part.seconds // HOUR) for part in drawn] == [
        (Colour.COUNTED, None, 1),
        (Colour.HELD, "requester", 2),
        (Colour.HELD, "supplier", 3),
        (Colour.COUNTED, None, 1),
    ]


def test_s10_a_reason_that_does_not_pause_lets_the_clock_run() -> None:
    facts = ledger(
        "2026-01-05 08:00 opened", "2026-01-05 09:00 held requester", "2026-01-05 10:00 held change"
    )
    reading = read(facts, "2026-01-05 12:00")
    assert (reading.state, reading.due_at) == (ClockState.RUNNING, london("2026-01-05 13:00"))
    assert buckets(reading) == (3 * HOUR, HOUR, 0, 0)


def test_s11_reopened_is_the_same_clock_with_or_without_a_close() -> None:
    opened, resolved, closed, reopened = ledger(
        "2026-01-05 08:00 opened",
        "2026-01-05 10:00 resolved",
        "2026-01-05 12:00 closed",
        "2026-01-06 09:00 reopened",
    )
    reading = read([opened, resolved, reopened], "2026-01-06 10:00")
    assert reading == read([opened, resolved, closed, reopened], "2026-01-06 10:00")
    assert buckets(reading) == (3 * HOUR, 0, 0, 23 * HOUR)
    assert (reading.stopped_at, reading.due_at) == (None, london("2026-01-06 11:00"))


def test_s11_wall_time_ends_with_the_close_else_the_last_resolving() -> None:
    resolved = ledger("2026-01-05 08:00 opened", "2026-01-05 10:00 resolved")
    assert read(resolved, "2026-01-07 10:00").wall_seconds == 2 * HOUR
    closed = read([*resolved, *ledger("2026-01-06 10:00 closed")], "2026-01-07 10:00")
    assert buckets(closed) == (2 * HOUR, 0, 0, 24 * HOUR)
    assert closed.stopped_at == london("2026-01-05 10:00")
    assert closed.due_at == london("2026-01-05 12:00")


def test_s12_the_clock_of_a_merged_record_stops_without_a_verdict() -> None:
    absorbed = ledger("2026-01-05 08:00 opened", "2026-01-05 09:00 merged INC-7", "2026-01-05 10:00 resolved")
    reading = read(absorbed, "2026-01-07 09:00")
    assert (reading.state, reading.verdict) == (ClockState.CANCELLED, Verdict.CANCELLED)
    assert (reading.counted_seconds, reading.wall_seconds, reading.due_at) == (HOUR, HOUR, None)
    survivor = ledger("2026-01-02 09:00 opened", "2026-01-05 09:00 recategorised mail")
    assert read(survivor, "2026-01-05 09:00").started_at == london("2026-01-02 09:00")


def test_s14_a_bank_holiday_added_tomorrow_moves_the_due_time() -> None:
    facts = ledger("2026-01-05 17:00 opened")
    closed = WorkingCalendar("Europe/London", OFFICE.windows, frozenset({date(2026, 1, 6)}))
    assert read(facts, "2026-01-05 17:30", calendar=closed).due_at == london("2026-01-07 11:00")


def test_s18_a_clock_over_the_change_of_the_clocks_keeps_local_hours() -> None:
    for friday, monday in (("2026-03-27", "2026-03-30"), ("2026-10-23", "2026-10-26")):
        facts = ledger(f"{friday} 17:00 opened")
        assert read(facts, f"{friday} 17:00").due_at == london(f"{monday} 11:00")


def test_s21_a_target_of_working_days_moves_with_holds() -> None:
    facts = ledger("2026-01-05 17:50 opened", "2026-01-06 09:00 held requester", "2026-01-06 10:00 resumed")
    day = OFFICE.working_days_in_seconds(facts[0].at, 1)
    assert read(facts, "2026-01-06 10:00", target_seconds=day).due_at == london("2026-01-07 08:50")


@pytest.mark.parametrize(("second", "verdict"), [("12:00:00", Verdict.MET), ("12:00:01", Verdict.BREACHED)])
def test_s23_the_due_second_itself_is_met(second: str, verdict: Verdict) -> None:
    facts = ledger("2026-01-05 08:00 opened", f"2026-01-05 {second} resolved")
    reading = read(facts, "2026-01-06 08:00")
    assert (reading.verdict, reading.due_at) == (verdict, london("2026-01-05 12:00"))


def test_s23_used_up_at_closing_and_resolved_before_opening_is_met() -> None:
    facts = ledger("2026-01-05 14:00 opened", "2026-01-06 07:59 resolved")
    reading = read(facts, "2026-01-06 09:00")
    assert (reading.verdict, reading.due_at) == (Verdict.MET, london("2026-01-05 18:00"))


def test_s24_the_share_used_freezes_during_a_hold() -> None:
    facts = ledger("2026-01-05 08:00 opened", "2026-01-05 11:00 held requester")
    shares = [read(facts, f"2026-01-0{day} 12:00").used_percent for day in (5, 6, 7)]
    assert shares == [75, 75, 75]


def test_s26_a_desk_clock_stops_for_good_at_the_transfer() -> None:
    facts = ledger(
        "2026-01-05 08:00 opened",
        "2026-01-05 10:00 transferred facilities",
        "2026-01-05 12:00 resolved",
        "2026-01-05 13:00 reopened",
    )
    desk = read(facts, "2026-01-05 15:00", stops_on=frozenset({LedgerKind.TRANSFERRED, LedgerKind.RESOLVED}))
    assert (desk.stopped_at, buckets(desk)) == (london("2026-01-05 10:00"), (2 * HOUR, 0, 0, 0))
    assert read(facts, "2026-01-05 15:00").counted_seconds == 6 * HOUR


def test_a_ledger_without_an_opening_has_no_clock() -> None:
    with pytest.raises(RuleViolation, match="needs the opening"):
        read(ledger("2026-01-05 08:00 resolved"), "2026-01-06 08:00")


def test_what_is_dated_before_the_opening_takes_effect_at_it() -> None:
    facts = ledger("2026-01-05 07:00 resolved", "2026-01-05 09:00 opened")
    reading = read(facts, "2026-01-06 08:00")
    assert (reading.stopped_at, reading.wall_seconds) == (london("2026-01-05 09:00"), 0)
    assert reading.verdict is Verdict.MET


def test_odd_sequences_say_nothing() -> None:
    facts = ledger(
        "2026-01-05 08:00 opened",
        "2026-01-05 08:30 resumed",
        "2026-01-05 08:40 reopened",
        "2026-01-05 10:00 resolved",
        "2026-01-05 10:30 held requester",
        "2026-01-05 11:00 resolved",
        "2026-01-05 12:00 closed",
        "2026-01-05 13:00 resolved",
        "2026-01-05 13:30 closed",
        "2026-01-05 14:00 cancelled",
    )
    reading = read(facts, "2026-01-06 08:00")
    assert buckets(reading) == (2 * HOUR, 0, 0, 2 * HOUR)
    assert (reading.stopped_at, reading.verdict) == (london("2026-01-05 11:00"), Verdict.MET)


def test_a_record_closed_without_being_resolved_stops_there() -> None:
    reading = read(ledger("2026-01-05 08:00 opened", "2026-01-05 13:00 closed"), "2026-01-06 08:00")
    assert (reading.stopped_at, reading.verdict) == (london("2026-01-05 13:00"), Verdict.BREACHED)


def test_later_facts_have_not_happened_yet() -> None:
    facts = ledger("2026-01-05 08:00 opened", "2026-01-05 10:00 resolved")
    assert read(facts, "2026-01-05 09:00") == read(facts[:1], "2026-01-05 09:00")
    assert read(facts, "2026-01-04 09:00").wall_seconds == 0


def test_facts_of_one_moment_count_in_the_order_of_their_recording() -> None:
    opened, held, resumed = ledger(
        "2026-01-05 08:00 opened", "2026-01-05 09:00 held requester", "2026-01-05 09:00 resumed"
    )
    late = LedgerFact(LedgerKind.HELD, held.at, held.detail, held.at + timedelta(hours=1))
    assert read([opened, held, resumed], "2026-01-05 10:00").state is ClockState.RUNNING
    assert read([opened, late, resumed], "2026-01-05 10:00").state is ClockState.HELD


def test_naive_instants_are_mistakes() -> None:
    naive = london("2026-01-05 08:00").replace(tzinfo=None)
    with pytest.raises(ValueError, match="time zone"):
        LedgerFact(LedgerKind.OPENED, naive)
    with pytest.raises(ValueError, match="time zone"):
        LedgerFact(LedgerKind.OPENED, naive.replace(tzinfo=UTC), None, naive)


def test_s28_thousands_of_readings_of_many_years_are_bounded() -> None:
    facts = ledger("1990-01-05 08:00 opened", "2025-12-05 10:00 resolved")
    began = time.perf_counter()
    for _ in range(4000):
        read(facts, "2026-01-06 08:00")
    assert time.perf_counter() - began < 4


# Properties: every life is made of minutes around the change of the clocks in October 2026.

EPOCH = datetime(2026, 10, 22, tzinfo=UTC)
AS_OF = EPOCH + timedelta(days=12)
slowly = settings(deadline=None, max_examples=80)
DETAILS = st.sampled_from([None, *HoldReason])
MOMENTS = st.integers(0, 14 * 86_400)
CALENDARS = st.sampled_from(
    [
        OFFICE,
        WorkingCalendar.weekly("Europe/London", {"mon-sun": ["00:00-24:00"]}),
        WorkingCalendar.weekly(
            "Europe/London",
            {"mon-fri": ["07:30-12:00", "13:00-17:15"], "sun": ["00:00-01:30", "22:00-24:00"]},
            closures=[date(2026, 10, 28)],
        ),
    ]
)


def make_fact(kind: LedgerKind, seconds: int, detail: str | None) -> LedgerFact:
    return LedgerFact(kind, EPOCH + timedelta(seconds=seconds), detail)


OPENINGS = st.builds(make_fact, st.just(LedgerKind.OPENED), MOMENTS, st.none())
FACTS = st.builds(make_fact, st.sampled_from(LedgerKind), MOMENTS, DETAILS)
LEDGERS = st.tuples(OPENINGS, st.lists(FACTS, max_size=14)).flatmap(
    lambda made: st.permutations([made[0], *made[1]])
)
STOPS = st.sampled_from(
    [frozenset({LedgerKind.RESOLVED}), RESPONSE_STOPS, frozenset({LedgerKind.TRANSFERRED})]
)


@slowly
@given(LEDGERS, CALENDARS, STOPS, st.integers(0, 60 * HOUR))
def test_s28_buckets_sum_to_wall_time_for_any_order_of_events(
    facts: list[LedgerFact], calendar: WorkingCalendar, stops_on: frozenset[LedgerKind], target: int
) -> None:
    seen = {"calendar": calendar, "pauses_on": PAUSES, "as_of": AS_OF, "stops_on": stops_on}
    reading = read_clock(facts, target_seconds=target, **seen)
    assert min(buckets(reading)) >= 0
    assert sum(buckets(reading)) == reading.wall_seconds
    drawn = segments(facts, **seen)
    sums = Counter({part.colour: 0 for part in drawn})
    for part in drawn:
        sums[part.colour] += part.seconds
    assert tuple(sums[colour] for colour in Colour) == buckets(reading)
    assert all(left.ends_at == right.starts_at for left, right in pairwise(drawn))
    assert not drawn or drawn[0].starts_at == reading.started_at


@slowly
@given(LEDGERS, CALENDARS, st.integers(1, 60 * HOUR), st.integers(0, 10))
def test_s28_a_breach_is_the_instant_at_which_the_target_was_counted(
    facts: list[LedgerFact], calendar: WorkingCalendar, target: int, later: int
) -> None:
    seen = {"calendar": calendar, "pauses_on": PAUSES}
    reading = read_clock(facts, target_seconds=target, as_of=AS_OF, **seen)
    assert (reading.breached_at is not None) == (reading.counted_seconds > target)
    if reading.breached_at is not None:
        then = read_clock(facts, target_seconds=target, as_of=reading.breached_at, **seen)
        assert then.counted_seconds == target
        before = read_clock(
            facts, target_seconds=target, as_of=reading.breached_at - timedelta(seconds=1), **seen
        )
        assert before.counted_seconds == target - 1
        assert instant_of(facts, target, as_of=AS_OF, **seen) == reading.breached_at
        assert instant_of(facts, target + later, as_of=AS_OF, **seen) != reading.breached_at or later == 0


@slowly
@given(
    st.lists(FACTS, max_size=12, unique_by=lambda fact: fact.at),
    st.lists(st.integers(0, 86_400), min_size=12, max_size=12),
    st.randoms(use_true_random=False),
)
def test_s28_back_dated_facts_tell_the_same_as_timely_ones(
    facts: list[LedgerFact], delays: list[int], chance: Random
) -> None:
    opening = LedgerFact(LedgerKind.OPENED, EPOCH - timedelta(seconds=1))
    timely = [opening, *sorted(facts, key=lambda fact: fact.at)]
    late = [
        LedgerFact(fact.kind, fact.at, fact.detail, fact.at + timedelta(seconds=delay))
        for fact, delay in zip(facts, delays, strict=False)
    ]
    chance.shuffle(late)
    seen = {"target_seconds": TARGET, "calendar": OFFICE, "pauses_on": PAUSES, "as_of": AS_OF}
    assert read_clock([*late, opening], **seen) == read_clock(timely, **seen)


PHASES = st.lists(
    st.tuples(st.sampled_from(["running", "requester", "change", "resolved"]), st.integers(1, 2 * 24 * 60)),
    min_size=1,
    max_size=6,
)


def facts_of(phases: list[tuple[str, int]]) -> list[LedgerFact]:
    """Write the ledger of a record that runs a minute and then goes through these phases."""
    facts, at, previous = [LedgerFact(LedgerKind.OPENED, EPOCH)], EPOCH + timedelta(minutes=1), "running"
    for phase, minutes in phases:
        if previous == "resolved" and phase != "resolved":
            facts.append(LedgerFact(LedgerKind.REOPENED, at))
        elif phase == "running":
            facts.append(LedgerFact(LedgerKind.RESUMED, at))
        if phase == "resolved":
            facts.append(LedgerFact(LedgerKind.RESOLVED, at))
        elif phase != "running":
            facts.append(LedgerFact(LedgerKind.HELD, at, phase))
        at, previous = at + timedelta(minutes=minutes), phase
    return [*facts, LedgerFact(LedgerKind.CLOSED, at)]


@slowly
@given(PHASES, CALENDARS)
def test_s28_a_counter_of_minutes_agrees(phases: list[tuple[str, int]], calendar: WorkingCalendar) -> None:
    sums, at = Counter[str](), EPOCH
    for phase, minutes in [("running", 1), *phases]:
        for minute in range(minutes):
            is_open = calendar.is_open(at + timedelta(minutes=minute))
            live = ("held" if phase == "requester" else "counted") if is_open else "closed"
            sums["resolved" if phase == "resolved" else live] += 60
        at += timedelta(minutes=minutes)
    reading = read_clock(
        facts_of(phases), target_seconds=TARGET, calendar=calendar, pauses_on=PAUSES, as_of=at
    )
    assert buckets(reading) == (sums["counted"], sums["held"], sums["closed"], sums["resolved"])


# Real incidents; their times carry no zone. Office hours are the same in London's time or in UTC, since no
# clock changes while the office is open; around the clock they differ, and the known count is for UTC.


@pytest.fixture(scope="module")
def incidents() -> list[tuple[datetime, datetime]]:
    """Return the opening and the final resolving of each incident that has one, without a zone."""
    if not INCIDENTS.exists():
        pytest.skip("the public data is not beside the project")
    with gzip.open(INCIDENTS, "rt", encoding="utf-8", newline="") as text:
        final = {row["number"]: (row["opened_at"], row["resolved_at"]) for row in csv.DictReader(text)}
    pattern = "%d/%m/%Y %H:%M"
    return [
        (datetime.strptime(opened, pattern), datetime.strptime(resolved, pattern))  # noqa: DTZ007 - local
        for opened, resolved in final.values()
        if resolved != "?"
    ]


ALWAYS_UTC = WorkingCalendar.weekly("UTC", {"mon-sun": ["00:00-24:00"]})
OFFICE_UTC = WorkingCalendar("UTC", OFFICE.windows)
WITH_HOLIDAYS = WorkingCalendar(
    "Europe/London", OFFICE.windows, frozenset(bank_holidays("england-and-wales", [2016]))
)


@pytest.mark.shared_data
@pytest.mark.parametrize(
    ("calendar", "met"),
    [(OFFICE, 10_214), (OFFICE_UTC, 10_214), (WITH_HOLIDAYS, 10_409), (ALWAYS_UTC, 9_506)],
)
def test_real_incidents_within_four_hours(
    incidents: list[tuple[datetime, datetime]], calendar: WorkingCalendar, met: int
) -> None:
    zone = ZoneInfo(calendar.time_zone)
    verdicts = Counter(
        read_clock(
            [
                LedgerFact(LedgerKind.OPENED, opened.replace(tzinfo=zone)),
                LedgerFact(LedgerKind.RESOLVED, resolved.replace(tzinfo=zone)),
            ],
            target_seconds=240 * 60,
            calendar=calendar,
            pauses_on=frozenset(),
            as_of=datetime(2018, 1, 1, tzinfo=UTC),
        ).verdict
        for opened, resolved in incidents
    )
    assert verdicts == {Verdict.MET: met, Verdict.BREACHED: 23_362 - met}
