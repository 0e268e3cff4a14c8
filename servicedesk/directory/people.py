"""Change people's accounts: they are never deleted, only made inactive."""

import re
from datetime import datetime

from sqlalchemy import select

from servicedesk.core.amending import amend, one_line
from servicedesk.core.audit import write_audit_event
from servicedesk.core.db import db
from servicedesk.core.errors import InvalidTransition, RuleViolation
from servicedesk.core.permissions import Actor, Permission, require
from servicedesk.directory.models import AccessToken, Organisation, Person, PersonGroup, Site
from servicedesk.directory.queries import find_person_by_mail, searchable
from servicedesk.directory.sign_in import end_session, hash_password, list_sessions

EVERYTHING = Permission.ADMINISTRATION_EVERYTHING
MAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")


def create_person(
    *,
    actor: Actor,
    name: str,
    mail: str,
    phone: str,
    job_title: str,
    department: str,
    organisation_id: int,
    site_id: int | None,
    manager_mail: str,
    group_id: int | None,
    password: str,
    now: datetime,
) -> Person:
    """Add a person; with a first password they can sign in, without one they can only be written for."""
    require(actor, EVERYTHING)
    details = _details(name, mail, phone, job_title, department, own_id=0)
    belongings = _belongings(organisation_id, site_id, manager_mail, group_id, own_id=0)
    person = Person(**details, **belongings)
    if password:
        person.password_hash = hash_password(password)
    db.session.add(person)
    db.session.flush()
    write_audit_event("person.created", subject=person, actor=actor, at=now)
    return person


def amend_person(
    person: Person,
    *,
    actor: Actor,
    name: str,
    mail: str,
    phone: str,
    job_title: str,
    department: str,
    organisation_id: int,
    site_id: int | None,
    manager_mail: str,
    group_id: int | None,
    now: datetime,
) -> None:
    """Put right what is said of a person."""
    require(actor, EVERYTHING)
    wanted = _details(name, mail, phone, job_title, department, own_id=person.id)
    wanted |= _belongings(organisation_id, site_id, manager_mail, group_id, own_id=person.id)
    found_by = wanted.pop("search_text")
    amend(person, "person.amended", wanted, actor=actor, now=now)
    person.search_text = str(found_by)
    db.session.flush()
    db.session.expire(person, ["organisation", "site", "group"])


def _details(
    name: str, mail: str, phone: str, job_title: str, department: str, *, own_id: int
) -> dict[str, str | int | None]:
    """Return what is said of a person, clean, with an address that nobody else has."""
    details = {
        "name": one_line(name, field="name", missing="Enter the person's name."),
        "mail": one_line(mail, field="mail", missing="Enter an e-mail address.", longest=254),
        "phone": one_line(phone, field="phone", longest=40),
        "job_title": one_line(job_title, field="job_title"),
        "department": one_line(department, field="department"),
    }
    if not MAIL.fullmatch(details["mail"]):
        raise RuleViolation(mail="Enter an e-mail address such as name@example.gov.uk.")
    holder = find_person_by_mail(details["mail"])
    if holder is not None and holder.id != own_id:
        raise RuleViolation(mail=f"{holder.name} has this address already.")
    found_by = searchable(details["name"], details["mail"], details["phone"])
    return {**details, "search_text": found_by}


def _belongings(
    organisation_id: int, site_id: int | None, manager_mail: str, group_id: int | None, *, own_id: int
) -> dict[str, int | None]:
    """Return where a person belongs, checked."""
    if db.session.get(Organisation, organisation_id) is None:
        raise RuleViolation(organisation_id="Choose an organisation.")
    if site_id is not None and db.session.get(Site, site_id) is None:
        raise RuleViolation(site_id="Choose a site.")
    if group_id is not None and db.session.get(PersonGroup, group_id) is None:
        raise RuleViolation(group_id="Choose a group.")
    manager = find_person_by_mail(manager_mail) if manager_mail.strip() else None
    if manager_mail.strip() and manager is None:
        raise RuleViolation(
            manager_mail="Nobody has this e-mail address. Leave it empty if you do not know it."
        )
    if manager is not None:
        _check_no_loop(own_id, manager)
    return {
        "organisation_id": organisation_id,
        "site_id": site_id,
        "group_id": group_id,
        "manager_id": manager.id if manager else None,
    }


def _check_no_loop(own_id: int, manager: Person) -> None:
    """Raise RuleViolation if somebody would be, at whatever distance, their own manager."""
    above: int | None = manager.id
    seen: set[int] = set()
    while above is not None and above not in seen:
        if above == own_id:
            raise RuleViolation(manager_mail="This person would be their own manager.")
        seen.add(above)
        above = db.session.scalar(select(Person.manager_id).where(Person.id == above))


def deactivate_person(person: Person, *, actor: Actor, now: datetime) -> None:
    """Let somebody sign in no more: their sessions and access tokens end now, their records stay."""
    require(actor, EVERYTHING)
    if person.id == actor.person_id:
        raise InvalidTransition("You cannot make yourself inactive. Ask another administrator.")
    if not person.is_active:
        raise InvalidTransition(f"{person.name} is inactive already.")
    person.is_active = False
    write_audit_event("person.deactivated", subject=person, actor=actor, at=now)
    _end_sessions(person, actor, now)
    live = select(AccessToken).where(AccessToken.person_id == person.id, AccessToken.revoked_at.is_(None))
    for token in db.session.scalars(live):
        token.revoked_at = now
        write_audit_event("access-token.revoked", subject=token, actor=actor, at=now)


def _end_sessions(person: Person, actor: Actor, now: datetime) -> None:
    """End every session of a person."""
    for session in list_sessions(person.id, now):
        end_session(session.id, actor=actor, person=person, now=now, kind="sign-in-session.revoked")


def reactivate_person(person: Person, *, actor: Actor, now: datetime) -> None:
    """Let somebody sign in again, with the roles that they still hold; old access tokens stay revoked."""
    require(actor, EVERYTHING)
    if person.is_active:
        raise InvalidTransition(f"{person.name} is active already.")
    person.is_active = True
    write_audit_event("person.reactivated", subject=person, actor=actor, at=now)


def set_first_password(person: Person, *, actor: Actor, password: str, now: datetime) -> None:
    """Give somebody a password to start with; whoever is signed in as them is signed out."""
    require(actor, EVERYTHING)
    person.password_hash = hash_password(password)
    write_audit_event("person.password-set", subject=person, actor=actor, at=now)
    _end_sessions(person, actor, now)
