"""The one list of everything that happens again and again."""

from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path

from sqlalchemy import delete

from servicedesk.core.audit_chain import write_anchor
from servicedesk.core.clock import utcnow
from servicedesk.core.db import db
from servicedesk.core.jobs import in_transaction
from servicedesk.core.timers import Timer, set_timer, timer_function
from servicedesk.directory.models import SignInAttempt
from servicedesk.notifications.jobs import send_unsent_notices
from servicedesk.settings import Settings

RUN_PERIODIC = "servicedesk.schedule.run_periodic"
KEEP_DONE = timedelta(days=7)


def anchor_audit_chain() -> None:
    """Keep the heads of the audit chain outside the database."""
    write_anchor(_var())


def clean_up() -> None:
    """Forget timers long done and sign-in attempts that no longer count."""
    before = utcnow() - KEEP_DONE
    db.session.execute(delete(Timer).where(Timer.done_at < before))
    db.session.execute(delete(SignInAttempt).where(SignInAttempt.at < before))


# Each entry's place in the list is its id: add at the end.
PERIODIC: tuple[tuple[Callable[[], None], timedelta], ...] = (
    (send_unsent_notices, timedelta(seconds=15)),
    (anchor_audit_chain, timedelta(days=1)),
    (clean_up, timedelta(hours=6)),
)


def arm_schedule() -> None:
    """Set every periodic timer that is not set yet, due at once."""
    in_transaction(_arm)


def _arm() -> None:
    """Write the missing rows."""
    for place, (work, _) in enumerate(PERIODIC):
        if not db.session.query(Timer.id).filter_by(key=_key(work)).first():
            set_timer(_key(work), RUN_PERIODIC, place, utcnow())


@timer_function
def run_periodic(place: int, due_at: datetime) -> None:
    """Do one entry of the list and set its next time; what was missed is not made up for."""
    work, every = PERIODIC[place]
    work()
    set_timer(_key(work), RUN_PERIODIC, place, utcnow() + every)


def _key(work: Callable[[], None]) -> str:
    """Name the timer of an entry."""
    return f"periodic:{work.__name__}"


def _var() -> Path:
    """Return the folder in which the anchors are kept."""
    return Settings.from_env().var
