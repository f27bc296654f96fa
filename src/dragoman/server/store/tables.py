"""The tables of the store as they are now. Knows no rows and no history: that is in :mod:`migrations`.

No table holds a text that was translated, nor a key: of a key there is its hash.
"""

from sqlalchemy import BigInteger, Column, ForeignKey, Index, Integer, MetaData, Table, Text

METADATA = MetaData()

META = Table("meta", METADATA, Column("name", Text, primary_key=True), Column("value", Text, nullable=False))
"""What the store says of itself: the version of its tables."""

KEYS = Table(
    "keys",
    METADATA,
    Column("identity", Text, primary_key=True),
    Column("name", Text, nullable=False),
    Column("hash", Text, nullable=False, unique=True),
    Column("scopes", Text, nullable=False),
    Column("created_seconds", BigInteger, nullable=False),
    Column("expires_seconds", BigInteger),
    Column("revoked_seconds", BigInteger),
    Column("characters_per_day", BigInteger),
    Column("characters_per_month", BigInteger),
    Column("requests_per_minute", Integer),
)
"""Who may come in. Moments are seconds since 1970; a limit that is not there is none."""

USAGE = Table(
    "usage",
    METADATA,
    Column("key_identity", Text, ForeignKey("keys.identity", ondelete="CASCADE"), primary_key=True),
    Column("day", Text, primary_key=True),
    Column("requests", BigInteger, nullable=False),
    Column("characters", BigInteger, nullable=False),
)
"""What each key had done on each day (``2027-01-31``, UTC)."""

AUDIT = Table(
    "audit",
    METADATA,
    Column("identity", Text, primary_key=True),
    Column("at_seconds", BigInteger, nullable=False),
    Column("key_identity", Text, nullable=False),
    Column("action", Text, nullable=False),
    Column("outcome", Text, nullable=False),
    Column("characters", BigInteger, nullable=False),
    Index("audit_at", "at_seconds"),
)
"""What was done with which key, without text and without addresses."""

GLOSSARIES = Table(
    "glossaries",
    METADATA,
    Column("identity", Text, primary_key=True),
    Column("owner", Text, nullable=False),
    Column("name", Text, nullable=False),
    Column("created_microseconds", BigInteger, nullable=False),
    Column("characters", BigInteger, nullable=False),
    Column("dictionaries", Text, nullable=False),
    Index("glossaries_owner", "owner"),
)
"""Glossaries of the callers; their dictionaries are JSON."""

BASELINES = Table(
    "baselines",
    METADATA,
    Column("checksum", Text, primary_key=True),
    Column("rules", Integer, primary_key=True),
    Column("created_seconds", BigInteger, nullable=False),
    Column("numbers", Text, nullable=False),
)
"""What is usual of the translations of each model, by its checksum and by the rules it was told by; numbers in JSON."""
