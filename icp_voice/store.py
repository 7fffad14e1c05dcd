"""The DuckDB file of a workspace: open, lock, migrate, write records, run named SQL.

DuckDB takes an exclusive lock on the file, so a second process is refused at once with one clear
sentence. Each input's rows are written in one transaction: a killed run loses at most the file it
was working on.
"""

import hashlib
import logging
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self, cast

from icp_voice.config import STORE_NAME as STORE_NAME
from icp_voice.errors import StoreInUseError, WorkspaceError
from icp_voice.resources import resource_path

if TYPE_CHECKING:
    import duckdb
    import numpy as np

SCHEMA_VERSION = 1

log = logging.getLogger(__name__)


class Store:
    """One open workspace store; use as a context manager.

    Raises:
        WorkspaceError: the file is in use, damaged, of a newer version, or can't be written.
    """

    def __init__(self, path: Path) -> None:
        """Open or create the store at `path` and bring its tables up to date."""
        self.path = path
        self._connection = _connect(path)
        self._column_types: dict[str, dict[str, str]] = {}
        try:
            self._create_tables()
        except BaseException:
            self._connection.close()
            raise

    def __enter__(self) -> Self:
        """Return the store itself."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        """Close the file; a disk that is full or gone is one sentence, whatever was running."""
        import duckdb

        with suppress(duckdb.Error):
            self._connection.close()
        # A commit that finds no room is a TransactionException; later ones are fatal.
        unwritable = (duckdb.IOException, duckdb.TransactionException, duckdb.FatalException)
        if isinstance(error, unwritable):
            raise WorkspaceError(
                f"{self.path} can't be written: {_first_line(str(error))} Free some space or "
                "reconnect the drive and run it again; what was finished is kept.",
                path=self.path,
            ) from error

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """Make all writes inside the block one: either all of them are kept or none."""
        import duckdb

        self._connection.execute("BEGIN")
        try:
            yield
        except BaseException:
            with suppress(duckdb.Error):  # a fatal error has rolled back already
                self._connection.execute("ROLLBACK")
            raise
        self._connection.execute("COMMIT")

    def execute(self, sql: str, parameters: Sequence[object] = ()) -> None:
        """Run one statement whose result is not needed."""
        self._connection.execute(sql, list(parameters))

    def rows(self, sql: str, parameters: Sequence[object] = ()) -> list[tuple[Any, ...]]:
        """Return all rows of a query."""
        result: list[tuple[Any, ...]] = self._connection.execute(sql, list(parameters)).fetchall()
        return result

    def columns(
        self, sql: str, parameters: Sequence[object] = ()
    ) -> Mapping[str, "np.ndarray[Any, Any]"]:
        """Return a query's columns as numpy arrays, all of the query's length."""
        found = self._connection.execute(sql, list(parameters)).fetchnumpy()
        return cast("Mapping[str, np.ndarray[Any, Any]]", found)

    def insert(self, table: str, columns: Sequence[str], rows: Sequence[Sequence[object]]) -> None:
        """Append rows to a table in one statement (much faster than one statement a row)."""
        if not rows:
            return
        types = self._types(table)
        values = ", ".join(f"unnest(?::{types[c]}[], max_depth := 1)" for c in columns)
        names = ", ".join(f'"{c}"' for c in columns)
        by_column = [list(column) for column in zip(*rows, strict=True)]
        sql = f"INSERT INTO {table} ({names}) SELECT {values}"
        self._connection.execute(sql, by_column)

    def run_named(self, prefix: str) -> None:
        """Run the SQL files of `pipelines/sql/` whose names start with `prefix`, in order."""
        for path in sorted(resource_path("pipelines", "sql").glob(f"{prefix}*.sql")):
            self._connection.execute(path.read_text(encoding="utf-8"))

    def jobs(self, stage: str) -> dict[str, tuple[str, str, str | None]]:
        """Return input_key -> (parameters_hash, status, error) of one stage."""
        found = self.rows(
            "SELECT input_key, parameters_hash, status, error FROM jobs WHERE stage = ?", [stage]
        )
        return {key: (parameters, status, error) for key, parameters, status, error in found}

    def finish_job(
        self, stage: str, input_key: str, parameters_hash: str, error: str | None = None
    ) -> None:
        """Note that a stage is done, or failed with `error`, for an input."""
        status = "done" if error is None else "failed"
        self.execute(
            "INSERT OR REPLACE INTO jobs VALUES (?, ?, ?, ?, ?)",
            [stage, input_key, parameters_hash, status, error],
        )

    def _types(self, table: str) -> dict[str, str]:
        if table not in self._column_types:
            described = self.rows(
                "SELECT column_name, data_type FROM information_schema.columns "
                "WHERE table_name = ?",
                [table],
            )
            self._column_types[table] = dict(described)
        return self._column_types[table]

    def _create_tables(self) -> None:
        self.execute("CREATE TABLE IF NOT EXISTS store_version (version INTEGER NOT NULL)")
        found = self.rows("SELECT version FROM store_version")
        if found and found[0][0] > SCHEMA_VERSION:
            raise WorkspaceError(
                f"{self.path} was made by a newer icp-voice (store version {found[0][0]}, this "
                f"one reads up to {SCHEMA_VERSION}). Upgrade icp-voice; nothing was changed.",
                path=self.path,
            )
        with self.transaction():
            if not found:
                self.execute("INSERT INTO store_version VALUES (?)", [SCHEMA_VERSION])
            self.run_named("0")
            self.run_named("10")
            self.run_named("2")


def _connect(path: Path) -> "duckdb.DuckDBPyConnection":
    import duckdb

    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        return duckdb.connect(str(path))
    except duckdb.IOException as error:
        text = str(error)
        if "lock" in text.lower() or "being used by another process" in text.lower():
            raise StoreInUseError(
                f"{path} is in use by another icp-voice. Wait until it ends, or close it.",
                path=path,
            ) from error
        if "not a valid" in text:
            raise _damaged(path, text) from error
        raise WorkspaceError(
            f"{path} can't be opened: {_first_line(text)} Check that the folder can be written "
            "to and the disk is not full.",
            path=path,
        ) from error
    except OSError as error:
        raise WorkspaceError(
            f"{path} can't be opened: {_first_line(str(error))} Check that the folder can be "
            "written to, or choose another one with --results FOLDER.",
            path=path,
        ) from error
    except duckdb.Error as error:
        raise _damaged(path, str(error)) from error


def _damaged(path: Path, text: str) -> WorkspaceError:
    return WorkspaceError(
        f"{path} is damaged or no store: {_first_line(text)} Move the file away and run again to "
        "start anew; recordings and CRM files are not touched.",
        path=path,
    )


def _first_line(text: str) -> str:
    line = text.strip().splitlines()[0] if text.strip() else "unknown reason"
    return line.rstrip(".!") + "."


def stable_hash(*parts: object) -> str:
    """Return 16 hex digits that change when any part's `repr` does.

    >>> stable_hash("a", 1) == stable_hash("a", 1)
    True
    """
    return hashlib.sha256(repr(parts).encode("utf-8")).hexdigest()[:16]
