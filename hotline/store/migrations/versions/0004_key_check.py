"""A sealed word that tells whether the data key is the right one.

Revision ID: 0004_key_check
Revises: 0003_runtime
"""

import sqlalchemy as sa
from alembic import op

revision = "0004_key_check"
down_revision = "0003_runtime"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "key_check",
        sa.Column("id", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("sealed", sa.String(128), nullable=False),
    )


def downgrade() -> None:
    op.drop_table("key_check")
