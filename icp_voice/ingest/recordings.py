"""Find recordings and transcripts in folders; the content's hash is a call's identity."""

import hashlib
import logging
import os
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path

from icp_voice.errors import NoTranscriptError
from icp_voice.file_magic import read_head, recording_format
from icp_voice.ingest.sidecars import is_sidecar
from icp_voice.ingest.transcripts import find_parts
from icp_voice.ingest.versions import merge_versions
from icp_voice.media import probe_recording
from icp_voice.records import FailedInput, SourceFile, SourceKind

__all__ = ["Scan", "hash_content", "holds_call", "probe_recording", "scan_sources", "source_kind"]

log = logging.getLogger(__name__)

RECORDING_SUFFIXES = frozenset(
    {
        *(".wav", ".mp3", ".m4a", ".m4b", ".aac", ".ogg", ".oga", ".opus", ".spx", ".flac"),
        *(".wma", ".amr", ".awb", ".aiff", ".aif", ".au", ".snd", ".caf", ".mka", ".mp2"),
        *(".w64", ".rf64", ".bwf", ".wv", ".ape", ".ac3", ".voc", ".dss", ".ds2", ".vox"),
        *(".gsm", ".g722", ".g729", ".ulaw", ".ul", ".mulaw", ".pcmu", ".alaw", ".al", ".pcma"),
        *(".sln", ".sln16", ".sln48"),
        *(".mp4", ".m4v", ".webm", ".mkv", ".mov", ".avi", ".mpg", ".mpeg", ".wmv", ".asf"),
        *(".3gp", ".3g2", ".flv", ".mts", ".m2ts", ".vob", ".ogv"),
    }
)
TRANSCRIPT_SUFFIXES = frozenset({".vtt", ".srt", ".json", ".txt", ".tsv", ".docx"})

# Subtitles are somebody's speech; the other suffixes hold all kinds of things.
_ALWAYS_TRANSCRIPTS = frozenset({".vtt", ".srt"})
# Text that meeting tools and projects put beside transcripts; never somebody's speech.
_NOT_TRANSCRIPTS = ("readme", "license", "licence", "chat", "notes", "requirements", "provenance")
# Copies that another program has not finished.
_UNFINISHED = frozenset(
    {".part", ".partial", ".filepart", ".tmp", ".crdownload", ".download", ".opdownload"}
)
_OWN_FOLDERS = frozenset({"icp-demo"})
CALL_ID_DIGITS = 16
_CHUNK_BYTES = 1 << 20
_NAMED_IN_A_NOTE = 5


@dataclass(frozen=True)
class SeenFile:
    """One file as it was found; `mtime_ns` is nanoseconds since 1970."""

    path: Path
    size_bytes: int
    mtime_ns: int
    sha256: str


@dataclass(frozen=True)
class Scan:
    """What a search of the folders found.

    Attributes:
        sources: one a content, in sorted order of folders and paths; the other paths of the same
            bytes are among its `others`.
        failures: files that can't be read or are empty.
        left_out: files such as notes and chats, whose content is no transcript.
        files: every file that is one call, each path by itself; files of several calls are looked
            into at every scan.
    """

    sources: tuple[SourceFile, ...]
    failures: tuple[FailedInput, ...]
    left_out: tuple[Path, ...] = ()
    files: tuple[SeenFile, ...] = ()


def scan_sources(
    folders: Sequence[Path],
    *,
    ignore: Collection[Path] = (),
    known: Mapping[Path, tuple[int, int, str]] | None = None,
) -> Scan:
    """Search folders and their sub-folders for recordings and transcripts.

    Hidden files, the demo's workspace and what is ignored are left out. A content that stands
    there twice is one call, under the first of its paths; so are versions of one transcript. A
    file that holds several calls is several sources.

    Args:
        folders: searched in this order; a folder that is missing holds nothing.
        ignore: files, and folders with all below them, that are not looked at.
        known: path -> (size in bytes, modification time in ns, sha256) of earlier scans; such a
            file is not read again while size and time are the same.
    """
    known = known or {}
    ignored = frozenset(path.resolve() for path in ignore)
    sources: dict[str, SourceFile] = {}
    failures: list[FailedInput] = []
    left_out: list[Path] = []
    files: list[SeenFile] = []
    seen: set[Path] = set()
    for folder in folders:
        for path, kind in _walk(folder, ignored):
            resolved = path.resolve()
            if resolved in seen:
                continue
            seen.add(resolved)
            try:
                stat = path.stat()
                if stat.st_size == 0:
                    reason = f"{path.name} is empty. Copy or export it again."
                    failures.append(FailedInput(str(path), "ingest", reason))
                    continue
                known_sha256 = _known_hash(known.get(path), stat)
                sha256 = known_sha256 or hash_content(path)
            except OSError as error:
                reason = f"{path.name} can't be read: {error.strerror or error}."
                failures.append(FailedInput(str(path), "ingest", reason))
                continue
            source = SourceFile(sha256[:CALL_ID_DIGITS], sha256, path, kind, stat.st_size)
            try:
                calls = (source,) if known_sha256 else split_source(source)
            except NoTranscriptError as other:
                left_out += [] if other.belongs else [path]
                continue
            if not any(call.part for call in calls):
                files.append(SeenFile(path, stat.st_size, stat.st_mtime_ns, sha256))
            for call in calls:
                first = sources.setdefault(call.sha256, call)
                if first is not call:
                    sources[call.sha256] = replace(first, others=(*first.others, path))
    found = merge_versions(tuple(sources.values()))
    counts = (len(found), len(files), len(failures), len(left_out))
    log.info("scan: calls=%d files=%d failed=%d left_out=%d", *counts)
    return Scan(tuple(found), tuple(failures), tuple(left_out), tuple(files))


def split_source(source: SourceFile) -> tuple[SourceFile, ...]:
    """Return the calls of a file; most often it is one.

    Raises:
        NoTranscriptError: text, JSON or a document that is no transcript at all.
    """
    suffix = source.path.suffix.lower()
    if source.kind == "recording" or suffix in _ALWAYS_TRANSCRIPTS:
        return (source,)
    return find_parts(source)


def holds_call(path: Path) -> bool:
    """Tell whether a file is a recording or a transcript; text and JSON are looked into."""
    kind = source_kind(path)
    if kind is None:
        return False
    try:
        return bool(split_source(SourceFile("", "", path, kind, 0)))
    except NoTranscriptError:
        return False


def left_out_note(paths: Sequence[Path]) -> tuple[str, ...]:
    """Return the sentence on files that were looked into and hold nobody's words, if any."""
    if not paths:
        return ()
    names = ", ".join(path.name for path in paths[:_NAMED_IN_A_NOTE])
    more = f" and {len(paths) - _NAMED_IN_A_NOTE} more" if len(paths) > _NAMED_IN_A_NOTE else ""
    what = "is no transcript and is" if len(paths) == 1 else "are no transcripts and are"
    return (f"{names}{more} {what} left out.",)


def hash_content(path: Path) -> str:
    """Return the sha256 of a file's bytes in hex, read a piece at a time."""
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while chunk := file.read(_CHUNK_BYTES):
            digest.update(chunk)
    return digest.hexdigest()


def source_kind(path: Path) -> SourceKind | None:
    """Tell whether a file is a recording, a transcript or neither.

    A name with the suffix of a recording is believed, so that a broken one is named. Any other
    file counts as a recording where its first bytes show one: names lose their suffix on the way
    out of a telephone system, or get a wrong one.
    """
    suffix = path.suffix.lower()
    if suffix in _UNFINISHED:
        return None
    if suffix in RECORDING_SUFFIXES:
        return "recording"
    with suppress(OSError):
        if path.is_file() and recording_format(read_head(path)):
            return "recording"
    if suffix not in TRANSCRIPT_SUFFIXES or is_sidecar(path):
        return None
    stem = path.stem.lower()
    if suffix == ".txt" and (stem.startswith(_NOT_TRANSCRIPTS) or stem.endswith("chat")):
        return None
    return "transcript"


def _walk(folder: Path, ignored: frozenset[Path]) -> Iterator[tuple[Path, SourceKind]]:
    for parent, names, files in os.walk(folder):
        here = Path(parent)
        names[:] = sorted(
            name
            for name in names
            if not name.startswith(".")
            and name not in _OWN_FOLDERS
            and (here / name).resolve() not in ignored
        )
        for name in sorted(files):
            path = here / name
            kind = None if name.startswith((".", "~$")) else source_kind(path)
            if kind is not None and path.resolve() not in ignored:
                yield path, kind


def _known_hash(known: tuple[int, int, str] | None, stat: os.stat_result) -> str | None:
    if known is not None and known[:2] == (stat.st_size, stat.st_mtime_ns):
        return known[2]
    return None
