"""Opening hours in words."""

import pytest

from servicedesk.service_levels.hours import hours_in_words
from servicedesk.service_levels.models import OpeningWindow

HOUR = 3600


def windows(*days: int, spans: tuple[tuple[int, int], ...]) -> list[OpeningWindow]:
    return [OpeningWindow(weekday=day, opens=opens, closes=closes) for day in days for opens, closes in spans]


@pytest.mark.parametrize(
    ("week", "words"),
    [
        (windows(*range(5), spans=((8 * HOUR, 18 * HOUR),)), "Monday to Friday, 08:00 to 18:00"),
        (windows(*range(7), spans=((0, 24 * HOUR),)), "Every day, day and night"),
        (windows(0, 1, spans=((9 * HOUR, 12 * HOUR), (13 * HOUR, 17 * HOUR))),
         "Monday and Tuesday, 09:00 to 12:00 and 13:00 to 17:00"),
        (windows(0, 2, spans=((8 * HOUR + 1800, 24 * HOUR),)),
         "Monday, 08:30 to 24:00; Wednesday, 08:30 to 24:00"),
        ([], "Closed"),
    ],
)  # fmt: skip
def test_days_with_the_same_hours_are_said_together(week: list[OpeningWindow], words: str) -> None:
    assert hours_in_words(week) == words
