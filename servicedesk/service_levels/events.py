"""The audit kinds of service levels."""

from servicedesk.core.audit import declare_kinds

declare_kinds(
    calendar__amended=("changed the opening hours", "desk fields"),
    calendar__closure_added=("added the closure of {day}", "desk day"),
    calendar__closure_removed=("removed the closure of {day}", "desk day"),
    escalation__acknowledged=("acknowledged the escalation", "escalation position round"),
    escalation__told=("escalated it to {person}", "escalation position round role person late_seconds"),
    escalation__unanswerable=("had nobody to escalate to", "escalation position round role"),
    service_level_policy__amended=("changed the service level", "desk fields"),
)
