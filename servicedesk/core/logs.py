"""Logs: one line of JSON for each thing worth one; never values of variables, which may be personal."""

import structlog
from structlog.tracebacks import ExceptionDictTransformer

MOST_FRAMES = 20


def use_plain_logs() -> None:
    """Set up logging for this process; called once by the factory."""
    tracebacks = ExceptionDictTransformer(show_locals=False, max_frames=MOST_FRAMES)
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.ExceptionRenderer(tracebacks),
            structlog.processors.JSONRenderer(),
        ],
        cache_logger_on_first_use=True,
    )
