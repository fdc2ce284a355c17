"""What was answered, on what, to whom; what became of it; and which tokens were met."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None


def upgrade() -> None:
    instant = sa.DateTime(timezone=True)
    op.create_table(
        "screenings",
        sa.Column("screening_id", sa.String(36), nullable=False),
        sa.Column("caller", sa.String(255), nullable=False),
        sa.Column("hook", sa.String(64), nullable=False),
        sa.Column("hook_instance", sa.Text()),
        sa.Column("at", instant, nullable=False),
        sa.Column("patient", sa.Text(), nullable=False),
        sa.Column("absence", sa.String(16), nullable=False),
        sa.Column("anchors", sa.JSON(), nullable=False),
        sa.Column("input_sha256", sa.String(64), nullable=False),
        sa.Column("references", sa.JSON(), nullable=False),
        sa.Column("resources", sa.LargeBinary()),
        sa.PrimaryKeyConstraint("screening_id", name="pk_screenings"),
    )
    op.create_index("ix_screenings_at", "screenings", ["at"])
    op.create_table(
        "results",
        sa.Column("result_id", sa.String(36), nullable=False),
        sa.Column("screening_id", sa.String(36), nullable=False),
        sa.Column("trial", sa.Text(), nullable=False),
        sa.Column("verdict", sa.String(16), nullable=False),
        sa.Column("json", sa.LargeBinary(), nullable=False),
        sa.Column("at", instant, nullable=False),
        sa.PrimaryKeyConstraint("result_id", name="pk_results"),
        sa.ForeignKeyConstraint(
            ["screening_id"],
            ["screenings.screening_id"],
            name="fk_results_screening_id_screenings",
            ondelete="CASCADE",
        ),
    )
    op.create_index("ix_results_screening_id", "results", ["screening_id"])
    op.create_table(
        "cards",
        sa.Column("card_uuid", sa.String(36), nullable=False),
        sa.Column("screening_id", sa.String(36), nullable=False),
        sa.Column("result_id", sa.String(36)),
        sa.Column("trial", sa.Text(), nullable=False),
        sa.Column("verdict", sa.String(16), nullable=False),
        sa.Column("criteria", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("card_uuid", name="pk_cards"),
        sa.ForeignKeyConstraint(
            ["screening_id"], ["screenings.screening_id"], name="fk_cards_screening_id_screenings", ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["result_id"], ["results.result_id"], name="fk_cards_result_id_results", ondelete="CASCADE"
        ),
    )
    op.create_index("ix_cards_screening_id", "cards", ["screening_id"])
    op.create_index("ix_cards_result_id", "cards", ["result_id"])
    op.create_table(
        "feedback",
        sa.Column("caller", sa.String(255), nullable=False),
        sa.Column("card_uuid", sa.String(255), nullable=False),
        sa.Column("outcome", sa.String(16), nullable=False),
        sa.Column("at", instant, nullable=False),
        sa.Column("reason_code", sa.Text()),
        sa.Column("reason_system", sa.Text()),
        sa.Column("reason_display", sa.Text()),
        sa.Column("comment", sa.Text()),
        sa.Column("accepted_suggestions", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("caller", "card_uuid", name="pk_feedback"),
    )
    op.create_index("ix_feedback_at", "feedback", ["at"])
    op.create_table(
        "seen_tokens",
        sa.Column("token_sha256", sa.String(64), nullable=False),
        sa.Column("expires", instant, nullable=False),
        sa.PrimaryKeyConstraint("token_sha256", name="pk_seen_tokens"),
    )
    op.create_index("ix_seen_tokens_expires", "seen_tokens", ["expires"])


def downgrade() -> None:
    for table in ("seen_tokens", "feedback", "cards", "results", "screenings"):
        op.drop_table(table)
