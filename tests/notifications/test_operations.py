"""Who is told of what, and whether by mail."""

from typing import Any

from servicedesk.core.clock import utcnow
from servicedesk.incidents.assignment import take_incident
from servicedesk.incidents.conversation import attach_to_incident, comment_on_incident
from servicedesk.incidents.operations import log_incident
from servicedesk.notifications.operations import choose_mail, read_notices, wants_mail
from servicedesk.notifications.queries import count_unread, mail_choices
from servicedesk.notifications.rules import RULES, Topic
from servicedesk.records.operations import File, add_watcher
from tests.factories import acting, make_agent, make_incident, make_person, the_desk
from tests.notifications.lives import begin, live, notices, told


def test_every_rule_tells_somebody_and_nobody_is_told_of_their_own_act(db: Any) -> None:
    cast = begin()
    live(cast)
    assert {notice.template for notice in notices()} == set(RULES)
    assert [notice for notice in notices() if notice.person_id == notice.audit_event.actor_id] == []


def test_a_report_of_ones_own_tells_nobody(db: Any) -> None:
    make_incident(requester=make_person())
    assert notices() == []


def test_a_colleagues_report_tells_the_one_it_is_for_and_later_both(db: Any) -> None:
    concerned, colleague, agent = make_person(), make_person(), make_agent()
    incident = log_incident(
        actor=acting(colleague), desk=the_desk(), requester=concerned, title="No mail", description="",
        impact=2, urgency=2, channel="portal", now=utcnow(),
    )  # fmt: skip
    take_incident(incident, actor=acting(agent), person=agent, now=utcnow())
    assert told(concerned) == ["incident.logged", "incident.started"]
    assert told(colleague) == ["incident.started"]
    assert told(agent) == []


def test_a_note_is_told_to_the_assignee_only_and_an_answer_to_watchers_too(db: Any) -> None:
    cast, watcher = begin(), make_person()
    take_incident(cast.incident, actor=acting(cast.agent), person=cast.agent, now=utcnow())
    add_watcher(cast.incident, watcher.id, actor=acting(cast.agent), now=utcnow())
    say = {"actor": acting(cast.lead), "channel": "desk", "now": utcnow()}
    comment_on_incident(cast.incident, body="A note.", is_public=False, **say)
    assert told(cast.agent) == ["comment.added"]
    assert told(watcher) == []
    comment_on_incident(cast.incident, body="An answer.", is_public=True, files=[File("a.txt", b"a")], **say)
    assert told(cast.agent) == ["comment.added", "comment.added"]
    assert told(watcher) == ["comment.added"]


def test_a_file_by_itself_is_told_of(db: Any) -> None:
    cast = begin()
    take_incident(cast.incident, actor=acting(cast.agent), person=cast.agent, now=utcnow())
    attach_to_incident(cast.incident, [File("a.txt", b"a")], actor=acting(cast.requester), now=utcnow())
    assert told(cast.agent) == ["attachment.added"]


def test_somebody_who_has_left_is_told_nothing(db: Any) -> None:
    cast = begin()
    assert told(cast.requester) == ["incident.logged"]
    cast.requester.is_active = False
    take_incident(cast.incident, actor=acting(cast.agent), person=cast.agent, now=utcnow())
    assert told(cast.requester) == ["incident.logged"]


def test_a_topic_switched_off_is_still_told_in_the_application(db: Any, queued: Any) -> None:
    requester = make_person()
    choose_mail(requester, Topic.MY_RECORDS, by_mail=False, actor=acting(requester), now=utcnow())
    begin(requester=requester)
    db.session.commit()
    assert [(notice.mail_state, notice.try_at) for notice in notices()] == [("none", None)]
    assert queued("mail") == []
    choose_mail(requester, Topic.MY_RECORDS, by_mail=True, actor=acting(requester), now=utcnow())
    assert wants_mail(requester.id, Topic.MY_RECORDS)
    assert mail_choices(requester.id) == dict.fromkeys(Topic, True)


def test_notices_are_unread_until_they_are_read(db: Any) -> None:
    cast = begin()
    other = begin(requester=cast.requester)
    assert count_unread(cast.requester.id) == 2
    read_notices(cast.requester.id, utcnow(), record_id=other.incident.id)
    assert count_unread(cast.requester.id) == 1
    read_notices(cast.requester.id, utcnow())
    assert count_unread(cast.requester.id) == 0
