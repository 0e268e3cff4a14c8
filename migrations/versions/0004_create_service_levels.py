"""Derive clocks and ladders from what happened to a record."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "calendar",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("desk_id", sa.BigInteger(), nullable=False),
        sa.Column("time_zone", sa.Text(), server_default="Europe/London", nullable=False),
        sa.Column("bank_holidays", sa.Text(), nullable=True),
        sa.Column("revision", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["desk_id"], ["desk.id"], name=op.f("fk_calendar_desk_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_calendar")),
        sa.UniqueConstraint("desk_id", name=op.f("uq_calendar_desk_id")),
    )
    op.create_table(
        "service_level_policy",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("desk_id", sa.BigInteger(), nullable=False),
        sa.Column("target_seconds", sa.BigInteger(), nullable=False),
        sa.Column("pauses_on", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.ForeignKeyConstraint(["desk_id"], ["desk.id"], name=op.f("fk_service_level_policy_desk_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_service_level_policy")),
        sa.UniqueConstraint("desk_id", name=op.f("uq_service_level_policy_desk_id")),
    )
    op.create_table(
        "closure",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("calendar_id", sa.BigInteger(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["calendar_id"], ["calendar.id"], name=op.f("fk_closure_calendar_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_closure")),
        sa.UniqueConstraint("calendar_id", "day", name=op.f("uq_closure_calendar_id_day")),
    )
    op.create_table(
        "escalation_rung",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("policy_id", sa.BigInteger(), nullable=False),
        sa.Column("position", sa.BigInteger(), nullable=False),
        sa.Column("after_seconds", sa.BigInteger(), nullable=False),
        sa.Column("role", sa.Text(), nullable=False),
        sa.Column("answer_within_seconds", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["policy_id"],
            ["service_level_policy.id"],
            name=op.f("fk_escalation_rung_policy_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_escalation_rung")),
        sa.UniqueConstraint("policy_id", "position", name=op.f("uq_escalation_rung_policy_id_position")),
    )
    op.create_table(
        "opening_window",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("calendar_id", sa.BigInteger(), nullable=False),
        sa.Column("weekday", sa.SmallInteger(), nullable=False),
        sa.Column("opens", sa.BigInteger(), nullable=False),
        sa.Column("closes", sa.BigInteger(), nullable=False),
        sa.CheckConstraint(
            "0 <= opens AND opens < closes AND closes <= 86400", name=op.f("ck_opening_window_in_order")
        ),
        sa.ForeignKeyConstraint(
            ["calendar_id"], ["calendar.id"], name=op.f("fk_opening_window_calendar_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_opening_window")),
    )
    op.create_index(op.f("ix_opening_window_calendar_id"), "opening_window", ["calendar_id"], unique=False)
    op.create_table(
        "clock",
        sa.Column("record_id", sa.BigInteger(), nullable=False),
        sa.Column("policy_id", sa.BigInteger(), nullable=False),
        sa.Column("target_seconds", sa.BigInteger(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("verdict", sa.Text(), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("stopped_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("counted_seconds", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["policy_id"], ["service_level_policy.id"], name=op.f("fk_clock_policy_id")),
        sa.ForeignKeyConstraint(["record_id"], ["record.id"], name=op.f("fk_clock_record_id")),
        sa.PrimaryKeyConstraint("record_id", name=op.f("pk_clock")),
    )
    op.create_table(
        "escalation",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("record_id", sa.BigInteger(), nullable=False),
        sa.Column("position", sa.BigInteger(), nullable=False),
        sa.Column("round", sa.BigInteger(), server_default=sa.text("1"), nullable=False),
        sa.Column("role", sa.Text(), nullable=False),
        sa.Column("after_seconds", sa.BigInteger(), nullable=False),
        sa.Column("answer_within_seconds", sa.BigInteger(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("told_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("told_to_id", sa.BigInteger(), nullable=True),
        sa.Column("late_seconds", sa.BigInteger(), nullable=True),
        sa.Column("acknowledged_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("acknowledged_by_id", sa.BigInteger(), nullable=True),
        sa.CheckConstraint(
            "(acknowledged_at IS NOT NULL) = (state = 'acknowledged')",
            name=op.f("ck_escalation_acknowledged_has_a_moment"),
        ),
        sa.CheckConstraint(
            "(state = 'planned') = (told_at IS NULL) OR state = 'cancelled'",
            name=op.f("ck_escalation_told_has_a_moment"),
        ),
        sa.ForeignKeyConstraint(
            ["acknowledged_by_id"], ["person.id"], name=op.f("fk_escalation_acknowledged_by_id")
        ),
        sa.ForeignKeyConstraint(["record_id"], ["record.id"], name=op.f("fk_escalation_record_id")),
        sa.ForeignKeyConstraint(["told_to_id"], ["person.id"], name=op.f("fk_escalation_told_to_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_escalation")),
        sa.UniqueConstraint(
            "record_id", "position", "round", name=op.f("uq_escalation_record_id_position_round")
        ),
    )
    op.create_index(
        "ix_escalation_told_at",
        "escalation",
        ["told_at", "id"],
        unique=False,
        postgresql_where=sa.text("told_at IS NOT NULL"),
    )
    op.create_index(
        "ix_escalation_waiting",
        "escalation",
        ["told_to_id", "id"],
        unique=False,
        postgresql_where=sa.text("state = 'told'"),
    )
    op.create_table(
        "ledger_entry",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("record_id", sa.BigInteger(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("detail", sa.Text(), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["record_id"], ["record.id"], name=op.f("fk_ledger_entry_record_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ledger_entry")),
    )
    op.create_index("ix_ledger_entry_record", "ledger_entry", ["record_id", "at", "id"], unique=False)


def downgrade() -> None:
    op.drop_index("ix_ledger_entry_record", table_name="ledger_entry")
    op.drop_table("ledger_entry")
    op.drop_index(
        "ix_escalation_waiting", table_name="escalation", postgresql_where=sa.text("state = 'told'")
    )
    op.drop_index(
        "ix_escalation_told_at", table_name="escalation", postgresql_where=sa.text("told_at IS NOT NULL")
    )
    op.drop_table("escalation")
    op.drop_table("clock")
    op.drop_index(op.f("ix_opening_window_calendar_id"), table_name="opening_window")
    op.drop_table("opening_window")
    op.drop_table("escalation_rung")
    op.drop_table("closure")
    op.drop_table("service_level_policy")
    op.drop_table("calendar")
