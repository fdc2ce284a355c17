"""Inputs at which a worker hung or died."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    instant = sa.DateTime(timezone=True)
    op.create_table(
        "fatal_inputs",
        sa.Column("fingerprint", sa.String(64), nullable=False),
        sa.Column("why", sa.String(16), nullable=False),
        sa.Column("weight", sa.Integer(), nullable=False),
        sa.Column("at", instant, nullable=False),
        sa.Column("expires", instant, nullable=False),
        sa.PrimaryKeyConstraint("fingerprint", name="pk_fatal_inputs"),
    )


def downgrade() -> None:
    op.drop_table("fatal_inputs")
