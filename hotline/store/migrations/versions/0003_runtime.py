"""The runtime's tables: conversations, event log, inbox, outbox, long button meanings.

Revision ID: 0003_runtime
Revises: 0002_applications
"""

import sqlalchemy as sa
from alembic import op

revision = "0003_runtime"
down_revision = "0002_applications"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "runtime_conversation",
        sa.Column("id", sa.String(128), primary_key=True),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("length", sa.Integer, nullable=False),
        sa.Column("tail_from", sa.Integer, nullable=False),
        sa.Column("base", sa.LargeBinary),
        sa.Column("next_seq", sa.Integer, nullable=False),
        sa.Column("touched", sa.Float, nullable=False),
    )
    op.create_index("ix_runtime_conversation_touched", "runtime_conversation", ["touched"])
    op.create_table(
        "runtime_chunk",
        sa.Column("conversation_id", sa.String(128), primary_key=True),
        sa.Column("position", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("count", sa.Integer, nullable=False),
        sa.Column("turn_id", sa.String(32)),
        sa.Column("created", sa.Float, nullable=False),
        sa.Column("data", sa.LargeBinary, nullable=False),
    )
    op.create_table(
        "runtime_inbox",
        sa.Column("turn_id", sa.String(32), primary_key=True),
        sa.Column("conversation_id", sa.String(128), nullable=False),
        sa.Column("client_id", sa.String(128), nullable=False),
        sa.Column("channel", sa.String(32), nullable=False),
        sa.Column("state", sa.String(16), nullable=False),
        sa.Column("received", sa.Float, nullable=False),
        sa.Column("done", sa.Float),
        sa.Column("payload", sa.LargeBinary, nullable=False),
        sa.UniqueConstraint(
            "conversation_id", "client_id", name="uq_runtime_inbox_conversation_id_client_id"
        ),
    )
    op.create_index("ix_runtime_inbox_state_received", "runtime_inbox", ["state", "received"])
    op.create_table(
        "runtime_outbox",
        sa.Column("conversation_id", sa.String(128), primary_key=True),
        sa.Column("seq", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("turn_id", sa.String(32)),
        sa.Column("author", sa.String(16), nullable=False),
        sa.Column("created", sa.Float, nullable=False),
        sa.Column("payload", sa.LargeBinary, nullable=False),
    )
    op.create_index("ix_runtime_outbox_turn_id", "runtime_outbox", ["turn_id"])
    op.create_table(
        "runtime_button",
        sa.Column("conversation_id", sa.String(128), primary_key=True),
        sa.Column("digest", sa.String(32), primary_key=True),
        sa.Column("created", sa.Float, nullable=False),
        sa.Column("payload", sa.LargeBinary, nullable=False),
    )


def downgrade() -> None:
    for table in ("button", "outbox", "inbox", "chunk", "conversation"):
        op.drop_table(f"runtime_{table}")
