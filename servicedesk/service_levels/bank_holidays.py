"""Bank holidays of the nations of the United Kingdom, as suggestions for a calendar's closures.

They are copied into the calendar's own rows by a person who has looked at them, never read at run time:
a council may open on one of them, and a government may proclaim another.
"""

from collections.abc import Iterable
from datetime import date

import holidays

from servicedesk.core.errors import RuleViolation

SUBDIVISIONS = {"england-and-wales": "ENG", "scotland": "SCT", "northern-ireland": "NIR"}


def bank_holidays(nation: str, years: Iterable[int]) -> dict[date, str]:
    """Return the bank holidays of a nation, named as GOV.UK names its divisions, in order of date.

    A holiday at a weekend is given as its substitute day alone, as the official list does.
    """
    if nation not in SUBDIVISIONS:
        raise RuleViolation(nation=f"Choose one of: {', '.join(SUBDIVISIONS)}.")
    listed = holidays.country_holidays("GB", subdiv=SUBDIVISIONS[nation], years=list(years))
    return {day: listed[day] for day in sorted(listed) if day.weekday() < 5}
