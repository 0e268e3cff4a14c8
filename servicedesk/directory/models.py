"""People and where they belong."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, LargeBinary, UniqueConstraint, func, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from servicedesk.core.db import Model
from servicedesk.core.permissions import Role


class Organisation(Model):
    """A council that the service works for; every figure can be split by it."""

    __tablename__ = "organisation"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(unique=True)
    short_name: Mapped[str] = mapped_column(unique=True)


class Site(Model):
    """A building in which people work."""

    __tablename__ = "site"
    __table_args__ = (UniqueConstraint("organisation_id", "name"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"))
    name: Mapped[str]
    address: Mapped[str] = mapped_column(server_default="")
    is_active: Mapped[bool] = mapped_column(server_default=text("true"))
    organisation: Mapped[Organisation] = relationship()


class Desk(Model):
    """A service desk: one place that answers for some services (ICT, Print & Design, Facilities)."""

    __tablename__ = "desk"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(unique=True)
    slug: Mapped[str] = mapped_column(unique=True)
    summary: Mapped[str] = mapped_column(server_default="")
    phone: Mapped[str] = mapped_column(server_default="")
    mail: Mapped[str] = mapped_column(server_default="")
    organisation_id: Mapped[int | None] = mapped_column(ForeignKey("organisation.id"))
    first_team_id: Mapped[int | None] = mapped_column(
        ForeignKey("team.id", use_alter=True, name="fk_desk_first_team_id")
    )
    close_after_days: Mapped[int] = mapped_column(server_default=text("5"))
    reopen_within_days: Mapped[int] = mapped_column(server_default=text("10"))
    is_active: Mapped[bool] = mapped_column(server_default=text("true"))
    organisation: Mapped[Organisation | None] = relationship()


class Team(Model):
    """People of one desk who share a queue."""

    __tablename__ = "team"
    __table_args__ = (UniqueConstraint("desk_id", "name"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    desk_id: Mapped[int] = mapped_column(ForeignKey("desk.id"))
    name: Mapped[str]
    is_active: Mapped[bool] = mapped_column(server_default=text("true"))
    desk: Mapped[Desk] = relationship(foreign_keys=[desk_id])


class PersonGroup(Model):
    """Requesters who are served in a way of their own, such as Members."""

    __tablename__ = "person_group"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(unique=True)


class GroupRoute(Model):
    """The team of a desk that answers the people of a group."""

    __tablename__ = "group_route"

    group_id: Mapped[int] = mapped_column(ForeignKey("person_group.id"), primary_key=True)
    desk_id: Mapped[int] = mapped_column(ForeignKey("desk.id"), primary_key=True)
    team_id: Mapped[int] = mapped_column(ForeignKey("team.id"))


class Person(Model):
    """Somebody known to the service: requester, agent or both; never deleted, only made inactive."""

    __tablename__ = "person"
    __table_args__ = (
        Index("ix_person_mail", func.lower(text("mail")), unique=True),
        Index("ix_person_name", func.lower(text("name")), "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str]
    mail: Mapped[str]
    phone: Mapped[str] = mapped_column(server_default="")
    job_title: Mapped[str] = mapped_column(server_default="")
    department: Mapped[str] = mapped_column(server_default="")
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"))
    site_id: Mapped[int | None] = mapped_column(ForeignKey("site.id"))
    manager_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"), index=True)
    group_id: Mapped[int | None] = mapped_column(ForeignKey("person_group.id"))
    is_active: Mapped[bool] = mapped_column(server_default=text("true"))
    password_hash: Mapped[str | None]
    shortcuts: Mapped[bool] = mapped_column(server_default=text("false"))
    # Name, mail and digits of the phone in lower case: what somebody may type to find this person.
    search_text: Mapped[str] = mapped_column(server_default="")
    organisation: Mapped[Organisation] = relationship()
    site: Mapped[Site | None] = relationship()
    group: Mapped[PersonGroup | None] = relationship()


class RoleAssignment(Model):
    """A role held by a person: in a team, at a desk, or (with neither) everywhere."""

    __tablename__ = "role_assignment"
    __table_args__ = (
        UniqueConstraint("person_id", "role", "desk_id", "team_id", postgresql_nulls_not_distinct=True),
        CheckConstraint("team_id IS NULL OR desk_id IS NOT NULL", name="team_within_desk"),
        CheckConstraint(
            "role NOT IN ('agent', 'team_lead') OR team_id IS NOT NULL", name="team_roles_name_a_team"
        ),
        CheckConstraint(
            "role <> 'senior_officer' OR desk_id IS NOT NULL", name="senior_officers_name_a_desk"
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    role: Mapped[str]
    desk_id: Mapped[int | None] = mapped_column(ForeignKey("desk.id"), index=True)
    team_id: Mapped[int | None] = mapped_column(ForeignKey("team.id"), index=True)
    person: Mapped[Person] = relationship()
    desk: Mapped[Desk | None] = relationship()
    team: Mapped[Team | None] = relationship()

    @property
    def role_words(self) -> str:
        """Return the role as people say it."""
        return Role(self.role).replace("_", " ")


class SignInSession(Model):
    """One browser in which somebody is signed in; the cookie holds the token, the row only its hash."""

    __tablename__ = "sign_in_session"

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    token_hash: Mapped[bytes] = mapped_column(LargeBinary, unique=True)
    started_at: Mapped[datetime]
    seen_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    address: Mapped[str]
    browser: Mapped[str]


class SignInAttempt(Model):
    """One refused sign-in, counted against the account and the address across all processes."""

    __tablename__ = "sign_in_attempt"
    __table_args__ = (Index("ix_sign_in_attempt_account", "account", "at"), Index(None, "address", "at"))

    id: Mapped[int] = mapped_column(primary_key=True)
    account: Mapped[str]
    address: Mapped[str]
    at: Mapped[datetime]


class AccessToken(Model):
    """A bearer token for the API: a person's rights narrowed to its scopes; stored as a hash."""

    __tablename__ = "access_token"

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    name: Mapped[str]
    token_hash: Mapped[bytes] = mapped_column(LargeBinary, unique=True)
    scopes: Mapped[list[str]]
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime | None]
    used_at: Mapped[datetime | None]
    revoked_at: Mapped[datetime | None]
