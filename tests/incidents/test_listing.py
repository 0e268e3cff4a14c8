"""The list of incidents: what a filter finds, in which order, and for whom."""

from datetime import timedelta

import pytest

from servicedesk.core.clock import utcnow
from servicedesk.core.db import db as database
from servicedesk.core.errors import RuleViolation
from servicedesk.core.paging import fetch_page
from servicedesk.incidents.assignment import share_incident, take_incident
from servicedesk.incidents.listing import IncidentFilter, count_views, list_incidents, list_rows
from servicedesk.incidents.workflow import cancel_incident, hold_incident
from tests import factories


def found(actor, **given):
    """Return the numbers that a filter finds, in its order."""
    wanted = IncidentFilter.read(given)
    page = fetch_page(list_rows(wanted, actor, utcnow()), wanted.order)
    entities = fetch_page(list_incidents(wanted, actor, utcnow()), wanted.order)
    assert [row.number for row in page.rows] == [incident.number for incident in entities.rows]
    return [row.number for row in page.rows]


@pytest.fixture
def agent(db):
    """Return an agent of the desk."""
    return factories.make_agent()


@pytest.fixture
def actor(agent):
    """Return the agent as one who acts."""
    return factories.acting(agent)


def test_open_ones_are_found_first_due_first(db, actor):
    late = factories.make_incident(now=utcnow() - timedelta(days=1))
    later = factories.make_incident()
    over = factories.make_incident()
    cancel_incident(over, actor=actor, reason="A mistake.", now=utcnow())
    assert found(actor) == [late.number, later.number]
    assert found(actor, state="cancelled") == found(actor, state="finished") == [over.number]
    assert len(found(actor, state="all")) == 3


def test_each_filter_narrows(db, agent, actor):
    mine = factories.make_incident(title="Printer jam", impact=1, urgency=1)
    take_incident(mine, actor=actor, person=agent, now=utcnow())
    category = factories.make_category()
    other = factories.make_incident(title="No mail", category_id=category.id)
    for given in (
        {"assignee": "me"}, {"assignee": str(agent.id)}, {"priority": "1"}, {"priority": "P1"},
        {"q": "PRINTER jam"}, {"state": "in_progress"}, {"requester": str(mine.requester_id)},
        {"q": mine.number.lower()}, {"q": mine.requester.mail},
    ):  # fmt: skip
        assert found(actor, **given) == [mine.number], given
    for given in ({"assignee": "nobody"}, {"category": str(category.id)}, {"q": "mail"}):
        assert found(actor, **given) == [other.number], given
    assert found(actor, team=str(mine.team_id), desk=str(mine.desk_id)) == [mine.number, other.number]
    assert found(actor, q="100%_") == []


def test_a_search_looks_at_finished_ones_too(db, actor):
    over = factories.make_incident(title="Printer jam")
    cancel_incident(over, actor=actor, reason="A mistake.", now=utcnow())
    assert found(actor, q="printer") == [over.number]
    assert found(actor, q="printer", state="open") == []


def test_overdue_and_due_soon(db, actor):
    desk = factories.make_desk(always_open=True)
    viewer = factories.acting(factories.make_agent(desk))
    overdue = factories.make_incident(desk=desk, now=utcnow() - timedelta(hours=5))
    soon = factories.make_incident(desk=desk, now=utcnow() - timedelta(hours=3, minutes=30))
    held = factories.make_incident(desk=desk, now=utcnow() - timedelta(hours=1))
    held.state = "in_progress"
    hold_incident(
        held,
        actor=viewer,
        reason="supplier",
        waiting_for="Parts",
        review_at=factories.in_days(1),
        now=utcnow(),
    )
    factories.make_incident(desk=desk)
    assert found(viewer, due="overdue") == [overdue.number]
    assert found(viewer, due="soon") == [soon.number]
    counts = count_views(viewer, None, utcnow())
    assert (counts.overdue, counts.soon, counts.held, counts.unassigned, counts.all_open) == (1, 1, 1, 4, 4)


def test_other_desks_show_only_what_they_share(db, actor):
    desk = factories.make_desk()
    theirs = factories.make_incident(desk=desk)
    assert found(actor) == []
    share_incident(
        theirs,
        actor=factories.acting(factories.make_agent(desk)),
        desk_id=factories.the_desk().id,
        now=utcnow(),
    )
    database.session.flush()
    assert found(actor) == [theirs.number]
    assert found(factories.acting(factories.make_person())) == []


@pytest.mark.parametrize("sort", ["time-left", "priority", "oldest", "newest", "changed"])
def test_pages_join_without_gap_or_double(db, actor, sort):
    numbers = {factories.make_incident(urgency=1 + n % 3).number for n in range(7)}
    wanted, seen, after = IncidentFilter(sort=sort), [], ""
    while after is not None:
        page = fetch_page(list_rows(wanted, actor, utcnow()), wanted.order, after=after, size=3)
        seen += [row.number for row in page.rows]
        after = page.older
    assert len(seen) == 7
    assert set(seen) == numbers
    back = fetch_page(list_rows(wanted, actor, utcnow()), wanted.order, before=page.newer, size=3)
    assert [row.number for row in back.rows] == seen[3:6]


@pytest.mark.parametrize(
    "given",
    [{"desk": "x"}, {"desk": "9" * 30}, {"state": "lost"}, {"priority": "5"}, {"due": "now"},
     {"assignee": "he"}, {"sort": "title"}, {"team": "-1"}],
)  # fmt: skip
def test_what_makes_no_sense_is_named(given):
    with pytest.raises(RuleViolation) as refused:
        IncidentFilter.read(given)
    assert set(refused.value.messages) == set(given)


def test_a_filter_is_told_as_it_is_read():
    given = {
        "desk": "3",
        "assignee": "me",
        "state": "on_hold",
        "priority": "2",
        "due": "soon",
        "q": "a b",
        "sort": "oldest",
    }
    assert IncidentFilter.read(given).told() == given
    assert IncidentFilter.read({}).told(text="x") == {"q": "x"}
