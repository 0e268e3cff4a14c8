"""The audit kinds of knowledge."""

from servicedesk.core.audit import declare_kinds

declare_kinds(
    outage__amended=("changed the outage notice", ""),
    outage__ended=("ended the outage notice", ""),
    outage__published=("published an outage notice", ""),
)
