"""The first person of an empty installation, who can make all others."""

from sqlalchemy import select

from servicedesk.core.audit import write_audit_event
from servicedesk.core.clock import utcnow
from servicedesk.core.db import db
from servicedesk.core.errors import RuleViolation
from servicedesk.core.permissions import SYSTEM, Role
from servicedesk.directory.models import Organisation, Person, RoleAssignment
from servicedesk.directory.queries import find_person_by_mail, searchable
from servicedesk.directory.sign_in import hash_password


def make_first_administrator(mail: str, name: str, organisation: str, password: str) -> Person:
    """Make an administrator of everything; raise RuleViolation if somebody has that address already."""
    if "@" not in mail:
        raise RuleViolation(mail="Give an e-mail address, such as jo@council.gov.uk.")
    if find_person_by_mail(mail) is not None:
        raise RuleViolation(mail=f"Somebody has the address {mail} already.")
    home = db.session.scalar(select(Organisation).where(Organisation.name == organisation))
    if home is None:
        home = Organisation(name=organisation, short_name=organisation[:12])
        db.session.add(home)
        db.session.flush()
    person = Person(
        name=name.strip(), mail=mail.strip(), organisation_id=home.id, password_hash=hash_password(password),
        search_text=searchable(name, mail, ""),
    )  # fmt: skip
    db.session.add(person)
    db.session.flush()
    role = RoleAssignment(person_id=person.id, role=Role.ADMINISTRATOR)
    db.session.add(role)
    now = utcnow()
    db.session.flush()
    write_audit_event("person.created", subject=person, actor=SYSTEM, at=now)
    write_audit_event(
        "role-assignment.given", subject=role, actor=SYSTEM, at=now, role=role.role, person=person.id
    )
    return person
