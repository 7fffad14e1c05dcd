"""Find recordings and transcripts in folders; the content's hash is a call's identity."""

import logging
import os
import stat
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path

from icp_voice.errors import NoTranscriptError
from icp_voice.file_magic import read_head, recording_format
from icp_voice.files import hash_content
from icp_voice.ingest.selection import Selection, is_unfinished, keeps_place
from icp_voice.ingest.sidecars import is_sidecar
from icp_voice.ingest.transcripts import find_parts
from icp_voice.ingest.versions import merge_versions
from icp_voice.media import probe_recording
from icp_voice.records import FailedInput, SourceFile, SourceKind
from icp_voice.stamps import Stamp, read_stamp

__all__ = [
    "Scan",
    "find_files",
    "hash_content",
    "holds_call",
    "probe_recording",
    "scan_sources",
    "source_kind",
]

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
CALL_ID_DIGITS = 16
_NAMED_IN_A_NOTE = 5


@dataclass(frozen=True)
class Scan:
    """What a search of the folders found.

    Attributes:
        sources: one a content, in sorted order of folders and paths; the other paths of the same
            bytes are among its `others`.
        failures: files that can't be read or are empty.
        hashes: resolved path -> (size in bytes, modification time in ns, sha256) of every file,
            as it was before it was read; the `known` of the next scan.
        left_out: files such as notes and chats, whose content is no transcript.
    """

    sources: tuple[SourceFile, ...]
    failures: tuple[FailedInput, ...]
    hashes: Mapping[Path, tuple[int, int, str]]
    left_out: tuple[Path, ...] = ()


def scan_sources(
    folders: Sequence[Path],
    *,
    ignore: Collection[Path] = (),
    known: Mapping[Path, tuple[int, int, str]] | None = None,
    selection: Selection | None = None,
    settled: Mapping[Path, Stamp] | None = None,
) -> Scan:
    """Search folders and their sub-folders for recordings and transcripts.

    Hidden files, the demo's workspace and what is ignored are left out. A content that stands
    there twice is one call, under the first of its paths; so are versions of one transcript. A
    file that holds several calls is several sources.

    Args:
        folders: searched in this order; a folder that is missing holds nothing.
        ignore: files, and folders with all below them, that are not looked at.
        known: resolved path -> (size in bytes, modification time in ns, sha256) of earlier scans;
            such a file is not read again while size and time are the same.
        selection: which files the user's patterns leave; all unless said.
        settled: the only files to read, each while it is as its stamp says; None: all. One that
            is being changed stays what it was known as, or is left out.
    """
    known = known or {}
    sources: dict[str, SourceFile] = {}
    hashes: dict[Path, tuple[int, int, str]] = {}
    failures: list[FailedInput] = []
    left_out: list[Path] = []
    seen: set[Path] = set()
    for path, kind in find_files(folders, ignore=ignore, selection=selection, failures=failures):
        resolved = path.resolve()
        if resolved in seen:
            continue
        seen.add(resolved)
        try:
            stamp = read_stamp(path)
            moving = settled is not None and settled.get(path) != stamp
            earlier = known.get(resolved)
            found = earlier if moving else _hash(path, stamp, earlier)
        except OSError as error:
            failures.append(_failure(path, f"can't be read: {error.strerror or error}."))
            continue
        except _UnusableError as error:
            failures.append(_failure(path, str(error)))
            continue
        if found is None:
            continue
        size_bytes, _, sha256 = found
        source = SourceFile(sha256[:CALL_ID_DIGITS], sha256, path, kind, size_bytes)
        try:
            calls = (source,) if found is earlier else split_source(source)
        except NoTranscriptError as other:
            left_out += [] if other.belongs else [path]
            continue
        if not any(call.part for call in calls):
            hashes[resolved] = found
        for call in calls:
            first = sources.setdefault(call.sha256, call)
            if first is not call:
                sources[call.sha256] = replace(first, others=(*first.others, path))
    merged = merge_versions(tuple(sources.values()))
    counts = (len(merged), len(hashes), len(failures), len(left_out))
    log.info("scan: calls=%d files=%d failed=%d left_out=%d", *counts)
    return Scan(tuple(merged), tuple(failures), hashes, tuple(left_out))


def find_files(
    folders: Sequence[Path],
    *,
    ignore: Collection[Path] = (),
    selection: Selection | None = None,
    failures: list[FailedInput] | None = None,
) -> Iterator[tuple[Path, SourceKind]]:
    """Yield the files that may be calls by their names, in the order of folders and names.

    Args:
        folders: searched with their sub-folders; one that is missing holds nothing.
        ignore: files, and folders with all below them, that are not looked at.
        selection: which files the user's patterns leave; all unless said.
        failures: takes the sub-folders that can't be listed.
    """
    ignored = frozenset(str(path.resolve()) for path in ignore)
    for folder in folders:
        yield from _walk(folder, ignored, selection or Selection(), failures)


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


def source_kind(path: Path) -> SourceKind | None:
    """Tell whether a file is a recording, a transcript or neither.

    A name with the suffix of a recording is believed, so that a broken one is named. Any other
    file counts as a recording where its first bytes show one: names lose their suffix on the way
    out of a telephone system, or get a wrong one.
    """
    suffix = path.suffix.lower()
    if suffix in RECORDING_SUFFIXES:
        return "recording"
    with suppress(OSError):
        stamp = read_stamp(path)
        is_here = stat.S_ISREG(stamp.mode) and not stamp.online_only
        if is_here and _shows_recording(path, stamp.size_bytes, stamp.mtime_ns):
            return "recording"
    if suffix not in TRANSCRIPT_SUFFIXES or is_sidecar(path):
        return None
    stem = path.stem.lower()
    if suffix == ".txt" and (stem.startswith(_NOT_TRANSCRIPTS) or stem.endswith("chat")):
        return None
    return "transcript"


# A folder that is watched is looked at over and over.
@lru_cache(maxsize=1 << 16)
def _shows_recording(path: Path, size_bytes: int, mtime_ns: int) -> bool:
    return size_bytes > 0 and recording_format(read_head(path)) is not None


def _walk(
    folder: Path,
    ignored: frozenset[str],
    selection: Selection,
    failures: list[FailedInput] | None,
) -> Iterator[tuple[Path, SourceKind]]:
    def note(error: OSError) -> None:
        if failures is not None and not isinstance(error, FileNotFoundError):
            reason = f"can't be listed: {error.strerror or error}."
            failures.append(_failure(Path(error.filename or folder), reason))

    for parent, names, files in os.walk(folder, onerror=note):
        here = Path(parent)
        # Links to folders are not followed, so below a resolved folder names stay what they are.
        real = str(here.resolve())
        beside = frozenset(files)
        names[:] = sorted(
            name
            for name in names
            if os.path.join(real, name) not in ignored  # noqa: PTH118  (dear over many files)
            and selection.takes_folder(here / name, folder, beside)
        )
        for name in sorted(files):
            path = here / name
            kind = None if is_unfinished(name, beside) else source_kind(path)
            if kind is None or os.path.join(real, name) in ignored:  # noqa: PTH118
                continue
            if selection.takes_file(path, folder):
                yield path, kind


class _UnusableError(Exception):
    """A file that is there and holds nothing to read; the text says why, without its name."""


def _hash(
    path: Path, stamp: Stamp, known: tuple[int, int, str] | None
) -> tuple[int, int, str] | None:
    """Return size, time and content hash; None for the empty file that a download begins with."""
    seen_as = (stamp.size_bytes, stamp.mtime_ns)
    if known is not None and known[:2] == seen_as:
        return known
    if stamp.online_only:
        raise _UnusableError(
            "is only in the cloud. Have the sync client keep it on this device; it is read then."
        )
    if stamp.size_bytes == 0:
        if keeps_place(path):
            return None
        raise _UnusableError("is empty. Copy or export it again.")
    return (*seen_as, hash_content(path))


def _failure(path: Path, reason: str) -> FailedInput:
    return FailedInput(str(path), "ingest", f"{path.name} {reason}")
