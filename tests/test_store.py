"""The DuckDB file of a workspace."""

import subprocess
import sys
from pathlib import Path

import duckdb
import pytest

from icp_voice.errors import WorkspaceError
from icp_voice.store import SCHEMA_VERSION, STORE_NAME, Store, stable_hash


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / STORE_NAME


def test_transaction_keeps_all_or_nothing(path: Path) -> None:
    """An error inside a transaction leaves no row behind."""
    with Store(path) as store:
        with pytest.raises(RuntimeError), store.transaction():
            store.finish_job("transcribe", "a", "1")
            raise RuntimeError
        assert store.jobs("transcribe") == {}


def test_jobs_survive_reopening(path: Path) -> None:
    """A finished or failed job is known to the next run with its parameters and its error."""
    with Store(path) as store:
        store.finish_job("transcribe", "a", "1")
        store.finish_job("transcribe", "b", "2", error="not audio")
        store.finish_job("transcribe", "a", "3")
    with Store(path) as store:
        assert store.jobs("transcribe") == {
            "a": ("3", "done", None),
            "b": ("2", "failed", "not audio"),
        }


def test_insert_keeps_null_and_lists(path: Path) -> None:
    """Bulk insert keeps blanks, lists and the order of columns."""
    with Store(path) as store:
        columns = ("trait", "statement", "kind", "points", "position", "folded_traits", "caveats")
        row = ("pain/x", "X", "must_have", 10, 1, ["a", "b"], [])
        store.insert("icp_criteria", columns, [row])
        assert store.rows("SELECT folded_traits, caveats FROM icp_criteria") == [(["a", "b"], [])]


def test_second_process_is_told_to_wait(path: Path) -> None:
    """A store that another process holds is refused with one sentence."""
    code = (
        "import sys\nfrom pathlib import Path\nfrom icp_voice.errors import WorkspaceError\n"
        "from icp_voice.store import Store\n"
        "try:\n    Store(Path(sys.argv[1]))\n"
        "except WorkspaceError as error:\n    print(error)\n"
    )
    with Store(path):
        said = subprocess.run(
            [sys.executable, "-c", code, str(path)], capture_output=True, text=True, check=True
        )
    assert "is in use by another icp-voice" in said.stdout


def test_full_disk_is_one_sentence(path: Path) -> None:
    """A write that fails in the middle of a run says what to do instead of a traceback."""
    full = duckdb.IOException("No space left on device")
    with (
        pytest.raises(WorkspaceError, match="Free some space"),
        Store(path) as store,
        store.transaction(),
    ):
        raise full


def test_newer_store_is_refused_unchanged(path: Path) -> None:
    """A store made by a newer version is not touched."""
    with Store(path) as store:
        store.execute("UPDATE store_version SET version = ?", [SCHEMA_VERSION + 1])
    with pytest.raises(WorkspaceError, match="newer icp-voice"):
        Store(path)


def test_damaged_store_names_the_way_back(path: Path) -> None:
    """A file that is no store is named, with what to do."""
    path.write_bytes(b"not a database, but long enough to be looked at" * 100)
    with pytest.raises(WorkspaceError, match="Move the file away"):
        Store(path)


def test_stable_hash_tells_parts_apart() -> None:
    """Parts are not simply glued together."""
    assert stable_hash("ab", "c") != stable_hash("a", "bc")
