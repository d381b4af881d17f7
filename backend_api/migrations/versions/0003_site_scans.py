"""Count how often the codes of sites are opened; find what was set aside quickly

Revision ID: 0003
Revises: 0002
"""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "site_scan",
        sa.Column("site_id", sa.Uuid(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["site_id"], ["site.id"], name=op.f("fk_site_scan_site_id_site")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_site_scan")),
    )
    op.create_index(op.f("ix_site_scan_site_id_day"), "site_scan", ["site_id", "day"], unique=True)
    op.create_index(
        "ix_message_quarantined", "message", ["conversation_id"], postgresql_where="quarantined"
    )


def downgrade() -> None:
    op.drop_index("ix_message_quarantined", table_name="message", postgresql_where="quarantined")
    op.drop_table("site_scan")
