"""What the store keeps of the files in the folders, so that a rerun asks each only once."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from icp_voice import tables
from icp_voice.errors import RecordingError
from icp_voice.ingest.recordings import (
    CALL_ID_DIGITS,
    TRANSCRIPT_SUFFIXES,
    probe_recording,
)
from icp_voice.records import SourceFile
from icp_voice.store import Store
from icp_voice.workspace import relative_path

_COLUMNS = ("path", "size_bytes", "mtime_ns", "sha256", "call_id", "duration_s")


@dataclass(frozen=True)
class _Row:
    size_bytes: int
    mtime_ns: int
    sha256: str
    call_id: str
    duration_s: float | None


class SeenFiles:
    """The files as the last run left them; lengths that are asked anew are kept for the next."""

    def __init__(self, store: Store, folder: Path) -> None:
        """Read what is kept; paths in the store are relative to the workspace's `folder`."""
        self._store = store
        self._folder = folder
        self._rows = {
            path: _Row(size, mtime, sha256, call_id or sha256[:CALL_ID_DIGITS], duration_s)
            for path, size, mtime, sha256, call_id, duration_s in store.rows(
                "SELECT path, size_bytes, mtime_ns, sha256, call_id, duration_s FROM files"
            )
        }
        self._lengths = {
            row.sha256: row.duration_s for row in self._rows.values() if row.duration_s is not None
        }
        self._hashes: Mapping[Path, tuple[int, int, str]] = {}

    @property
    def known(self) -> Mapping[Path, tuple[int, int, str]]:
        """Resolved path -> (size in bytes, modification time in ns, sha256).

        A text that could not be read is left out, and so looked at anew: this version may know
        better what it is.
        """
        failed = {
            call_id
            for call_id, (_, status, _) in self._store.jobs("transcribe").items()
            if status == "failed"
        }
        return {
            (self._folder / path).resolve(): (row.size_bytes, row.mtime_ns, row.sha256)
            for path, row in self._rows.items()
            if row.call_id not in failed or Path(path).suffix.lower() not in TRANSCRIPT_SUFFIXES
        }

    def look_at(self, hashes: Mapping[Path, tuple[int, int, str]]) -> None:
        """Take the files as this run found them, in the form of `known`."""
        self._hashes = hashes

    def duration_of(self, path: Path) -> float | str:
        """Return a recording's seconds by its header, or why it can't be decoded."""
        *_, digest = self._hashes[path.resolve()]
        if digest not in self._lengths:
            try:
                self._lengths[digest] = probe_recording(path)[0]
            except RecordingError as error:
                return str(error)
        return self._lengths[digest]

    def save(self, calls: Sequence[SourceFile], left_out: Sequence[Path]) -> None:
        """Keep the files of this run, and drop calls that their files are no longer.

        A recording that was copied anew, an export that has grown, an original that now has a
        corrected copy beside it, a file that was taken for a transcript; and two files that were a
        call each are one since the second side came.
        """
        call_of = {path.resolve(): call.call_id for call in calls for path in call.paths}
        present = {call.call_id for call in calls}
        paths = {*call_of, *left_out, *self._hashes}
        now = {relative_path(path, self._folder) for path in paths}
        before = {(path, row.call_id) for path, row in self._rows.items()}
        before |= set(self._store.rows("SELECT path, call_id FROM calls"))
        for path, call_id in sorted(before):
            if path in now and call_id not in present:
                tables.delete_call(self._store, call_id)
        rows = [
            (
                *(relative_path(path, self._folder), size_bytes, mtime_ns, sha256),
                call_of.get(path, sha256[:CALL_ID_DIGITS]),
                self._lengths.get(sha256),
            )
            for path, (size_bytes, mtime_ns, sha256) in self._hashes.items()
        ]
        self._store.execute("DELETE FROM files")
        self._store.insert("files", _COLUMNS, rows)
