"""The audit trail, and the anchors that hold its end."""

from flask import current_app, request
from flask.typing import ResponseReturnValue
from wtforms import Form, SearchField, SelectField

from servicedesk.core.audit import AuditEvent
from servicedesk.core.audit_chain import read_anchors
from servicedesk.core.errors import RuleViolation
from servicedesk.core.paging import SortKey, fetch_page
from servicedesk.core.permissions import Permission
from servicedesk.desk.administration.blueprint import admin
from servicedesk.desk.administration.pages import (
    MOST_IN_CSV,
    Listing,
    answer_list,
    paging_of,
    wants_csv,
)
from servicedesk.reports.audit_trail import list_kinds, select_events, tell_events
from servicedesk.web.access import current_actor, requires
from servicedesk.web.choices import choice

EVENTS = Listing(
    "Audit",
    (
        ("at", "When"),
        ("who", "Who"),
        ("words", "What"),
        ("subject", "On"),
        ("details", "Details"),
        ("kind", "Kind"),
        ("recorded_at", "Recorded"),
    ),
    "No event meets these filters. Clear one of them.",
    moments=frozenset({"at", "recorded_at"}),
    unbroken=frozenset({"kind"}),
    main="words",
)
NEWEST_FIRST = (SortKey(AuditEvent.id, "id", descending=True),)


class AuditFilter(Form):
    """What the trail is narrowed to."""

    kind = SelectField("Kind")
    person = SearchField("Person (e-mail address)")
    number = SearchField("Record number")


@admin.route("/audit")
@requires(Permission.AUDIT_READ)
def list_audit_events() -> ResponseReturnValue:
    """Show the newest events, narrowed by kind, person and record."""
    narrowed = AuditFilter(request.args)
    narrowed.kind.choices = [
        choice("", "every kind"),
        *(choice(kind, kind) for kind in list_kinds()),
    ]
    try:
        query = select_events(
            current_actor(),
            kind=narrowed.kind.data or "",
            person_mail=narrowed.person.data or "",
            number=narrowed.number.data or "",
        )
    except RuleViolation as violation:
        for name, words in violation.messages.items():
            narrowed[name].errors = [words]
        return answer_list(EVENTS, [], filters=narrowed, anchors=_anchors())
    if wants_csv():
        return answer_list(EVENTS, tell_events(fetch_page(query, NEWEST_FIRST, size=MOST_IN_CSV).rows))
    after, before = request.args.get("after", ""), request.args.get("before", "")
    page = fetch_page(query, NEWEST_FIRST, after=after, before=before)
    return answer_list(
        EVENTS, tell_events(page.rows), filters=narrowed, paging=paging_of(page), anchors=_anchors()
    )


def _anchors() -> dict[str, object]:
    """Return what is kept of the chain outside the database, or what is wrong with it."""
    try:
        kept = read_anchors(current_app.config["SETTINGS"].var)
    except (ValueError, OSError, KeyError) as error:
        return {"fault": f"The file of anchors cannot be trusted: {error}"}
    if not kept:
        return {"count": 0}
    last = kept[-1]
    heads = sorted((lane, place, digest) for lane, (place, digest) in last.heads.items() if place)
    return {
        "count": len(kept),
        "at": last.at,
        "events": sum(place for _, place, _ in heads),
        "heads": heads,
    }
