"""The job of service levels."""

from servicedesk.core.jobs import job
from servicedesk.service_levels.rederiving import rederive_batch


@job(queue="background")
def rederive_desk(desk_id: int, after_id: int, change_id: int) -> None:
    """Derive the next running clocks of a desk anew; running it again comes to the same."""
    rederive_batch(desk_id, after_id, change_id)
