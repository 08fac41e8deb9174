"""Fields of a draft that are being said anew keep what they hold meanwhile.

Revision ID: 0005_reopened
Revises: 0004_key_check
"""

import sqlalchemy as sa
from alembic import op

revision = "0005_reopened"
down_revision = "0004_key_check"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("drafts", sa.Column("reopened", sa.Text(), nullable=False, server_default="[]"))


def downgrade() -> None:
    with op.batch_alter_table("drafts") as table:
        table.drop_column("reopened")
