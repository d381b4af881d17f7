"""Set messages aside, seal what was done to a row, keep why personal data is processed

Revision ID: 0002
Revises: 0001
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

OPEN = "closed_at IS NULL"


def upgrade() -> None:
    op.add_column(
        "message",
        sa.Column("quarantined", sa.Boolean(), server_default=sa.false(), nullable=False),
    )
    op.add_column("handoff", sa.Column("danger_seq", sa.Integer(), nullable=True))
    op.drop_index("uq_handoff_open", table_name="handoff", postgresql_where=OPEN)
    for name, lane in (("uq_handoff_open", "<>"), ("uq_handoff_secrecy", "=")):
        where = f"{OPEN} AND reason {lane} 'secrecy'"
        op.create_index(name, "handoff", ["conversation_id"], unique=True, postgresql_where=where)
    op.add_column(
        "case_file",
        sa.Column(
            "processing",
            postgresql.JSONB(astext_type=sa.Text()),
            server_default=sa.text("'{}'"),
            nullable=False,
        ),
    )
    op.create_table(
        "sealed_subject",
        sa.Column("subject_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sealed_subject")),
        sa.UniqueConstraint("subject_id", name=op.f("uq_sealed_subject_subject_id")),
    )


def downgrade() -> None:
    op.drop_table("sealed_subject")
    op.drop_column("case_file", "processing")
    op.drop_index("uq_handoff_secrecy", table_name="handoff")
    op.drop_index("uq_handoff_open", table_name="handoff")
    op.create_index(
        "uq_handoff_open", "handoff", ["conversation_id"], unique=True, postgresql_where=OPEN
    )
    op.drop_column("handoff", "danger_seq")
    op.drop_column("message", "quarantined")
