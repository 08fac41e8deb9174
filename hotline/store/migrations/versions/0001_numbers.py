"""The inventory of 400 numbers."""

import sqlalchemy as sa
from alembic import op

revision = "0001_numbers"
down_revision = None
branch_labels = None
depends_on = None

WIDE = {
    "ix_numbers_tier_scan": ["tier", "score", "number", "mask", "held_until", "pattern"],
    "ix_numbers_pattern_scan": ["pattern", "score", "number", "mask", "held_until", "tier"],
    "ix_numbers_six": ["six", "score", "number", "mask", "held_until", "tier", "pattern"],
    "ix_numbers_reverse": ["reverse", "score", "number", "mask", "held_until", "tier", "pattern"],
    "ix_numbers_mask_scan": ["mask", "score", "number", "held_until", "pattern", "tier"],
}


def upgrade() -> None:
    op.create_table(
        "numbers",
        sa.Column("number", sa.String(10), nullable=False),
        sa.Column("six", sa.String(6), nullable=False),
        sa.Column("from2", sa.String(5), nullable=False),
        sa.Column("from3", sa.String(4), nullable=False),
        sa.Column("reverse", sa.String(6), nullable=False),
        sa.Column("pattern", sa.String(20), nullable=False),
        sa.Column("tier", sa.String(8), nullable=False),
        sa.Column("score", sa.SmallInteger(), nullable=False),
        sa.Column("mask", sa.SmallInteger(), nullable=False),
        sa.Column("holder", sa.String(80), nullable=True),
        sa.Column("held_until", sa.Float(), nullable=False, server_default="0"),
        sa.PrimaryKeyConstraint("number", name="pk_numbers"),
    )
    for name, columns in WIDE.items():
        op.create_index(name, "numbers", columns)
    for column in ("from2", "from3", "holder"):
        op.create_index(f"ix_numbers_{column}", "numbers", [column])


def downgrade() -> None:
    op.drop_table("numbers")
