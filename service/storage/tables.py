"""The tables. Only types that SQLite and PostgreSQL both have; every time is stored in UTC."""

from __future__ import annotations

from datetime import UTC, datetime

from sqlalchemy import (
    JSON,
    Column,
    DateTime,
    Dialect,
    ForeignKey,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
    TypeDecorator,
)

UUID_LENGTH = 36
NAME_LENGTH = 255


class UtcDateTime(TypeDecorator[datetime]):
    """An instant: stored in UTC, and read back in UTC. SQLite tells no zone, PostgreSQL that of the connection."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is not None and value.tzinfo is None:
            raise ValueError("a time without a zone cannot be kept; give it in UTC")
        return None if value is None else value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class ForeignText(TypeDecorator[str]):
    """Text from outside: what a database cannot hold in a text (NUL, half a surrogate pair) is replaced."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:
        return None if value is None else portable(value)


class Name(TypeDecorator[str]):
    """Text from outside by which rows are found; no more of it than an index can hold."""

    impl = String(NAME_LENGTH)
    cache_ok = True

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:
        return None if value is None else portable(value)[:NAME_LENGTH]


def portable(text: str) -> str:
    """The text as every database can hold it."""
    if text.isascii() and "\0" not in text:  # nearly every text
        return text
    return text.encode("utf-8", "replace").decode().replace("\0", "\N{REPLACEMENT CHARACTER}")


# Named by rule, so that a migration can name them again in any database.
metadata = MetaData(
    naming_convention={
        "ix": "ix_%(column_0_label)s",
        "uq": "uq_%(table_name)s_%(column_0_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
        "pk": "pk_%(table_name)s",
    }
)

screenings = Table(
    "screenings",
    metadata,
    Column("screening_id", String(UUID_LENGTH), primary_key=True),
    Column("caller", Name, nullable=False),
    Column("hook", String(64), nullable=False),
    Column("hook_instance", ForeignText),
    Column("at", UtcDateTime, nullable=False, index=True),
    Column("patient", ForeignText, nullable=False),
    Column("absence", String(16), nullable=False),
    Column("anchors", JSON, nullable=False),
    Column("input_sha256", String(64), nullable=False),
    Column("references", JSON, nullable=False),
    Column("resources", LargeBinary),
)

results = Table(
    "results",
    metadata,
    Column("result_id", String(UUID_LENGTH), primary_key=True),
    Column("screening_id", ForeignKey("screenings.screening_id", ondelete="CASCADE"), nullable=False, index=True),
    Column("trial", ForeignText, nullable=False),
    Column("verdict", String(16), nullable=False),
    Column("json", LargeBinary, nullable=False),
    Column("at", UtcDateTime, nullable=False),
)

cards = Table(
    "cards",
    metadata,
    Column("card_uuid", String(UUID_LENGTH), primary_key=True),
    Column("screening_id", ForeignKey("screenings.screening_id", ondelete="CASCADE"), nullable=False, index=True),
    Column("result_id", ForeignKey("results.result_id", ondelete="CASCADE"), index=True),
    Column("trial", ForeignText, nullable=False),
    Column("verdict", String(16), nullable=False),
    Column("criteria", JSON, nullable=False),
)

# The card need not be on record: a client may speak of one that has been purged.
feedback = Table(
    "feedback",
    metadata,
    Column("caller", Name, primary_key=True),
    Column("card_uuid", Name, primary_key=True),
    Column("outcome", String(16), nullable=False),
    Column("at", UtcDateTime, nullable=False, index=True),
    Column("reason_code", ForeignText),
    Column("reason_system", ForeignText),
    Column("reason_display", ForeignText),
    Column("comment", ForeignText),
    Column("accepted_suggestions", JSON, nullable=False),
)

# Of a token nothing is kept but a hash of who issued it and its id.
seen_tokens = Table(
    "seen_tokens",
    metadata,
    Column("token_sha256", String(64), primary_key=True),
    Column("expires", UtcDateTime, nullable=False, index=True),
)

# Few, so that they need no other index. Of an input nothing is kept but its fingerprint.
fatal_inputs = Table(
    "fatal_inputs",
    metadata,
    Column("fingerprint", String(64), primary_key=True),
    Column("why", String(16), nullable=False),
    Column("weight", Integer, nullable=False),
    Column("at", UtcDateTime, nullable=False),
    Column("expires", UtcDateTime, nullable=False),
)
