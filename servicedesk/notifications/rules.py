"""Who is told of which audit event: one table."""

from dataclasses import dataclass
from enum import StrEnum


class Audience(StrEnum):
    """Who may be told, by what they are to the record."""

    REQUESTER_SIDE = "requester side"  # requester, whoever reported it for them, watchers
    ASSIGNEE = "assignee"
    ADDRESSEE = "addressee"  # the person whom the event itself names


class Topic(StrEnum):
    """What a person can switch mails on and off for."""

    MY_RECORDS = "my_records"
    MY_WORK = "my_work"
    ESCALATIONS = "escalations"


TOPIC_WORDS = {
    Topic.MY_RECORDS: "What happens to the things that I reported or watch",
    Topic.MY_WORK: "Answers and changes on the records that I work on, and new ones given to me",
    Topic.ESCALATIONS: "Escalations that I must acknowledge",
}


@dataclass(frozen=True, slots=True)
class Rule:
    """One audience of one kind of event; only where the event's data has these values."""

    audience: Audience
    topic: Topic
    where: tuple[tuple[str, object], ...] = ()


_MINE = Rule(Audience.REQUESTER_SIDE, Topic.MY_RECORDS)
_WORK = Rule(Audience.ASSIGNEE, Topic.MY_WORK)
_PUBLIC = (("public", True),)
# A file that came with an answer is told of with it.
_ALONE = (("comment", None),)

RULES: dict[str, tuple[Rule, ...]] = {
    "attachment.added": (
        Rule(Audience.REQUESTER_SIDE, Topic.MY_RECORDS, (*_PUBLIC, *_ALONE)),
        Rule(Audience.ASSIGNEE, Topic.MY_WORK, _ALONE),
    ),
    "comment.added": (Rule(Audience.REQUESTER_SIDE, Topic.MY_RECORDS, _PUBLIC), _WORK),
    "escalation.acknowledged": (_WORK,),
    "escalation.told": (Rule(Audience.ADDRESSEE, Topic.ESCALATIONS), _WORK),
    "incident.assigned": (_WORK,),
    "incident.cancelled": (_MINE, _WORK),
    "incident.closed": (_MINE, _WORK),
    "incident.held": (_MINE,),
    "incident.logged": (_MINE,),
    "incident.reopened": (_MINE, _WORK),
    "incident.resolved": (_MINE,),
    "incident.resumed": (_MINE, _WORK),
    "incident.started": (_MINE,),
    "incident.transferred": (_MINE,),
}
