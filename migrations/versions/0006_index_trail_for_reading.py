"""Let auditors narrow the trail by kind and person, and find failed mails, without reading everything."""

import sqlalchemy as sa
from alembic import op

revision, down_revision = "0006", "0005"


def upgrade() -> None:
    op.create_index("ix_audit_event_kind", "audit_event", ["kind", "id"])
    op.create_index("ix_audit_event_actor", "audit_event", ["actor_id", "id"])
    failed = sa.text("mail_state = 'failed'")
    op.create_index("ix_notice_failed", "notice", ["id"], postgresql_where=failed)


def downgrade() -> None:
    op.drop_index("ix_notice_failed", table_name="notice")
    op.drop_index("ix_audit_event_actor", table_name="audit_event")
    op.drop_index("ix_audit_event_kind", table_name="audit_event")
