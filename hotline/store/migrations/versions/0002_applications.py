"""Drafts, applications and everything around them."""

from pathlib import Path

revision = "0002_applications"
down_revision = "0001_numbers" if (Path(__file__).parent / "0001_numbers.py").exists() else None
branch_labels = None
depends_on = None


def upgrade() -> None:
    pass


def downgrade() -> None:
    pass
