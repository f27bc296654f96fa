"""What is usual of each model, in the store: shared by all processes that serve it. Knows no translation."""

import json
import time
from dataclasses import asdict
from typing import Any

from sqlalchemy import select

from dragoman.server.store.database import Database, insert_or
from dragoman.server.store.tables import BASELINES
from dragoman.server.telemetry.quality.drift import RULES, Baseline


class SqlBaselines:
    """Keeps baselines in a store.

    Args:
        database: with its tables.
    """

    def __init__(self, database: Database) -> None:
        self._database = database

    def find(self, checksum: str) -> Baseline | None:
        """That of a model, told by the rules of this program, or None.

        Raises:
            StoreError: it cannot be read now.
        """
        with self._database.reading() as connection:
            return _found(connection, checksum)

    def keep(self, checksum: str, baseline: Baseline) -> Baseline:
        """Keep it, unless another process was quicker; the one that is kept now.

        Raises:
            StoreError: it cannot be written now.
        """
        row = {
            "checksum": checksum,
            "rules": RULES,
            "created_seconds": int(time.time()),
            "numbers": json.dumps(asdict(baseline)),
        }
        with self._database.writing() as connection:
            connection.execute(insert_or(connection, BASELINES).values(row).on_conflict_do_nothing())
            return _found(connection, checksum) or baseline


def _found(connection: Any, checksum: str) -> Baseline | None:
    wanted = select(BASELINES.c.numbers).where(BASELINES.c.checksum == checksum, BASELINES.c.rules == RULES)
    numbers = connection.execute(wanted).scalar_one_or_none()
    return None if numbers is None else Baseline(**json.loads(numbers))
