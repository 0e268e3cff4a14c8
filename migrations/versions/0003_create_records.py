"""Hold the work of every practice in one numbered table, and incidents in theirs."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute(sa.schema.CreateSequence(sa.Sequence("incident_number")))
    op.create_table(
        "category",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("desk_id", sa.BigInteger(), nullable=False),
        sa.Column("parent_id", sa.BigInteger(), nullable=True),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("path", sa.Text(), nullable=False),
        sa.Column("is_active", sa.Boolean(), server_default=sa.text("true"), nullable=False),
        sa.ForeignKeyConstraint(["desk_id"], ["desk.id"], name=op.f("fk_category_desk_id")),
        sa.ForeignKeyConstraint(["parent_id"], ["category.id"], name=op.f("fk_category_parent_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_category")),
        sa.UniqueConstraint("desk_id", "path", name=op.f("uq_category_desk_id_path")),
    )
    op.create_table(
        "priority_rule",
        sa.Column("desk_id", sa.BigInteger(), nullable=False),
        sa.Column("impact", sa.BigInteger(), nullable=False),
        sa.Column("urgency", sa.BigInteger(), nullable=False),
        sa.Column("priority", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("priority BETWEEN 1 AND 4", name=op.f("ck_priority_rule_priority_known")),
        sa.ForeignKeyConstraint(["desk_id"], ["desk.id"], name=op.f("fk_priority_rule_desk_id")),
        sa.PrimaryKeyConstraint("desk_id", "impact", "urgency", name=op.f("pk_priority_rule")),
    )
    op.create_table(
        "draft",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("person_id", sa.BigInteger(), nullable=False),
        sa.Column("practice", sa.Text(), nullable=False),
        sa.Column("answers", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_draft_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_draft")),
        sa.UniqueConstraint("person_id", "practice", name=op.f("uq_draft_person_id_practice")),
    )
    op.create_table(
        "record",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("number", sa.Text(), nullable=False),
        sa.Column("practice", sa.Text(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("description", sa.Text(), server_default="", nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("is_open", sa.Boolean(), nullable=False),
        sa.Column("priority", sa.BigInteger(), nullable=False),
        sa.Column("desk_id", sa.BigInteger(), nullable=False),
        sa.Column("team_id", sa.BigInteger(), nullable=True),
        sa.Column("assignee_id", sa.BigInteger(), nullable=True),
        sa.Column("requester_id", sa.BigInteger(), nullable=False),
        sa.Column("reporter_id", sa.BigInteger(), nullable=True),
        sa.Column("organisation_id", sa.BigInteger(), nullable=False),
        sa.Column("site_id", sa.BigInteger(), nullable=True),
        sa.Column("category_id", sa.BigInteger(), nullable=True),
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column("contact_by", sa.Text(), server_default="mail", nullable=False),
        sa.Column("contact_detail", sa.Text(), server_default="", nullable=False),
        sa.Column("location", sa.Text(), server_default="", nullable=False),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("hold_reason", sa.Text(), nullable=True),
        sa.Column("waiting_for", sa.Text(), nullable=True),
        sa.Column("review_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("resolved_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("import_source", sa.Text(), nullable=True),
        sa.Column("external_number", sa.Text(), nullable=True),
        sa.Column(
            "flags",
            postgresql.JSONB(astext_type=sa.Text()),
            server_default=sa.text("'[]'::jsonb"),
            nullable=False,
        ),
        sa.CheckConstraint(
            "(state = 'on_hold') = (hold_reason IS NOT NULL)", name=op.f("ck_record_hold_has_a_reason")
        ),
        sa.CheckConstraint(
            "(state IN ('closed', 'cancelled')) = (closed_at IS NOT NULL)",
            name=op.f("ck_record_closed_has_a_moment"),
        ),
        sa.CheckConstraint(
            "state <> 'on_hold' OR review_at IS NOT NULL", name=op.f("ck_record_hold_has_a_review")
        ),
        sa.CheckConstraint(
            "state <> 'resolved' OR resolved_at IS NOT NULL", name=op.f("ck_record_resolved_has_a_moment")
        ),
        sa.CheckConstraint("NOT is_open OR closed_at IS NULL", name=op.f("ck_record_open_is_not_closed")),
        sa.CheckConstraint("priority BETWEEN 1 AND 4", name=op.f("ck_record_priority_known")),
        sa.ForeignKeyConstraint(["assignee_id"], ["person.id"], name=op.f("fk_record_assignee_id")),
        sa.ForeignKeyConstraint(["category_id"], ["category.id"], name=op.f("fk_record_category_id")),
        sa.ForeignKeyConstraint(["desk_id"], ["desk.id"], name=op.f("fk_record_desk_id")),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=op.f("fk_record_organisation_id")
        ),
        sa.ForeignKeyConstraint(["reporter_id"], ["person.id"], name=op.f("fk_record_reporter_id")),
        sa.ForeignKeyConstraint(["requester_id"], ["person.id"], name=op.f("fk_record_requester_id")),
        sa.ForeignKeyConstraint(["site_id"], ["site.id"], name=op.f("fk_record_site_id")),
        sa.ForeignKeyConstraint(["team_id"], ["team.id"], name=op.f("fk_record_team_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_record")),
        sa.UniqueConstraint("number", name=op.f("uq_record_number")),
    )
    op.create_index("ix_record_desk_opened", "record", ["desk_id", "opened_at", "id"], unique=False)
    op.create_index(
        "ix_record_open_assignee",
        "record",
        ["assignee_id", "id"],
        unique=False,
        postgresql_where=sa.text("is_open"),
    )
    op.create_index(
        "ix_record_open_due",
        "record",
        ["desk_id", "due_at", "id"],
        unique=False,
        postgresql_where=sa.text("is_open"),
    )
    op.create_index(
        "ix_record_open_priority",
        "record",
        ["desk_id", "priority", "id"],
        unique=False,
        postgresql_where=sa.text("is_open"),
    )
    op.create_index(
        "ix_record_open_team", "record", ["team_id", "id"], unique=False, postgresql_where=sa.text("is_open")
    )
    op.create_index("ix_record_opened", "record", ["opened_at", "id"], unique=False)
    op.create_index("ix_record_requester", "record", ["requester_id", "id"], unique=False)
    op.create_index(
        "ix_record_reporter",
        "record",
        ["reporter_id", "id"],
        unique=False,
        postgresql_where=sa.text("reporter_id IS NOT NULL"),
    )
    op.create_index("uq_record_import", "record", ["import_source", "external_number"], unique=True)
    op.create_table(
        "comment",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("record_id", sa.BigInteger(), nullable=False),
        sa.Column("author_id", sa.BigInteger(), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("is_public", sa.Boolean(), nullable=False),
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["author_id"], ["person.id"], name=op.f("fk_comment_author_id")),
        sa.ForeignKeyConstraint(["record_id"], ["record.id"], name=op.f("fk_comment_record_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_comment")),
    )
    op.create_index("ix_comment_record", "comment", ["record_id", "at", "id"], unique=False)
    op.create_table(
        "incident",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("impact", sa.BigInteger(), nullable=False),
        sa.Column("urgency", sa.BigInteger(), nullable=False),
        sa.Column("priority_reason", sa.Text(), nullable=True),
        sa.Column("resolution", sa.Text(), nullable=True),
        sa.Column("reopen_count", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column("transfer_count", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        sa.CheckConstraint("impact BETWEEN 1 AND 3", name=op.f("ck_incident_impact_known")),
        sa.CheckConstraint("urgency BETWEEN 1 AND 3", name=op.f("ck_incident_urgency_known")),
        sa.ForeignKeyConstraint(["id"], ["record.id"], name=op.f("fk_incident_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_incident")),
    )
    op.create_table(
        "record_share",
        sa.Column("record_id", sa.BigInteger(), nullable=False),
        sa.Column("desk_id", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["desk_id"], ["desk.id"], name=op.f("fk_record_share_desk_id")),
        sa.ForeignKeyConstraint(["record_id"], ["record.id"], name=op.f("fk_record_share_record_id")),
        sa.PrimaryKeyConstraint("record_id", "desk_id", name=op.f("pk_record_share")),
    )
    op.create_index(op.f("ix_record_share_desk_id"), "record_share", ["desk_id"], unique=False)
    op.create_table(
        "watch",
        sa.Column("record_id", sa.BigInteger(), nullable=False),
        sa.Column("person_id", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_watch_person_id")),
        sa.ForeignKeyConstraint(["record_id"], ["record.id"], name=op.f("fk_watch_record_id")),
        sa.PrimaryKeyConstraint("record_id", "person_id", name=op.f("pk_watch")),
    )
    op.create_index(op.f("ix_watch_person_id"), "watch", ["person_id"], unique=False)
    op.create_table(
        "attachment",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("record_id", sa.BigInteger(), nullable=True),
        sa.Column("draft_id", sa.BigInteger(), nullable=True),
        sa.Column("comment_id", sa.BigInteger(), nullable=True),
        sa.Column("author_id", sa.BigInteger(), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("media_type", sa.Text(), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("sha256", sa.Text(), nullable=False),
        sa.Column("is_public", sa.Boolean(), server_default=sa.text("true"), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=True),
        sa.CheckConstraint(
            "num_nonnulls(record_id, draft_id) = 1", name=op.f("ck_attachment_belongs_to_one")
        ),
        sa.ForeignKeyConstraint(["author_id"], ["person.id"], name=op.f("fk_attachment_author_id")),
        sa.ForeignKeyConstraint(["comment_id"], ["comment.id"], name=op.f("fk_attachment_comment_id")),
        sa.ForeignKeyConstraint(
            ["draft_id"], ["draft.id"], name=op.f("fk_attachment_draft_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["record_id"], ["record.id"], name=op.f("fk_attachment_record_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_attachment")),
    )
    op.create_index(op.f("ix_attachment_draft_id"), "attachment", ["draft_id"], unique=False)
    op.create_index("ix_attachment_record", "attachment", ["record_id", "id"], unique=False)


def downgrade() -> None:
    op.drop_index("ix_attachment_record", table_name="attachment")
    op.drop_index(op.f("ix_attachment_draft_id"), table_name="attachment")
    op.drop_table("attachment")
    op.drop_index(op.f("ix_watch_person_id"), table_name="watch")
    op.drop_table("watch")
    op.drop_index(op.f("ix_record_share_desk_id"), table_name="record_share")
    op.drop_table("record_share")
    op.drop_table("incident")
    op.drop_index("ix_comment_record", table_name="comment")
    op.drop_table("comment")
    op.drop_index("uq_record_import", table_name="record")
    op.drop_index(
        "ix_record_reporter", table_name="record", postgresql_where=sa.text("reporter_id IS NOT NULL")
    )
    op.drop_index("ix_record_requester", table_name="record")
    op.drop_index("ix_record_opened", table_name="record")
    op.drop_index("ix_record_open_team", table_name="record", postgresql_where=sa.text("is_open"))
    op.drop_index("ix_record_open_priority", table_name="record", postgresql_where=sa.text("is_open"))
    op.drop_index("ix_record_open_due", table_name="record", postgresql_where=sa.text("is_open"))
    op.drop_index("ix_record_open_assignee", table_name="record", postgresql_where=sa.text("is_open"))
    op.drop_index("ix_record_desk_opened", table_name="record")
    op.drop_table("record")
    op.drop_table("draft")
    op.drop_table("priority_rule")
    op.drop_table("category")
    op.execute(sa.schema.DropSequence(sa.Sequence("incident_number")))
