"""The audit kinds of incidents."""

from servicedesk.core.audit import declare_kinds

declare_kinds(
    incident__amended=("changed {fields}", "fields"),
    incident__assigned=("gave it to {assignee}", "assignee before"),
    incident__cancelled=("cancelled it", "state"),
    incident__categorised=("put it in the category {category}", "category before"),
    incident__closed=("closed it", "state by"),
    incident__edited=("changed something that its export does not show", ""),
    incident__held=("put it on hold: {reason}", "state reason review_at"),
    incident__imported=("was imported from another desk", "source"),
    incident__logged=("logged it", "channel"),
    incident__prioritised=("set the priority to P{priority}", "priority impact urgency before override"),
    incident__reopened=("reopened it", "state"),
    incident__renewed=("set it back to new", "state"),
    incident__resolved=("resolved it", "state"),
    incident__resumed=("resumed it", "state because"),
    incident__shared=("shared it with {desk}", "desk"),
    incident__started=("started work on it", "state"),
    incident__state_not_understood=("gave it a state that the import does not know: “{value}”", "value"),
    incident__transferred=("passed it to {team}", "team desk before"),
    priority_matrix__amended=("changed the priority matrix", "cells"),
)
