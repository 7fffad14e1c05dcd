"""Tell transcripts of one call apart from transcripts of several calls.

Tools write the same talk more than once: Whisper as json, srt, tsv, txt and vtt, Zoom as
`.transcript.vtt` and as the live captions `.cc.vtt`, and people keep a corrected copy beside the
original. Counted as several calls they would be evidence several times over.

Files of one folder are one call where their names are the same but for the suffix, or but for a
word such as `corrected`, and then only if they hold the same words. The corrected one is read, then
the one in the format that tells most; the others are kept as `SourceFile.others`.
"""

import re
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from icp_voice.ingest.encoding import decode_text
from icp_voice.records import SourceFile

_CORRECTED = ("corrected", "edited", "reviewed", "cleaned", "clean", "fixed", "final")
_ORIGINAL = ("transcript", "transcription", "original")
_ROUGH = ("cc", "captions", "caption", "closed_caption", "raw", "auto")
_VERSION = re.compile(
    rf"[\s._-]+\(?(?P<word>{'|'.join((*_CORRECTED, *_ORIGINAL, *_ROUGH))})\)?$", re.IGNORECASE
)
# What tells speakers and times best stands first.
_SUFFIXES = (".vtt", ".json", ".docx", ".srt", ".txt", ".tsv")
_HEAD_BYTES = 100_000
# Share of the shorter text's three-word runs that the other one has too. Two talks on one subject
# share under 0.05, a corrected copy over 0.8, captions made live and after the meeting about half.
_SAME_TALK_SHARE = 0.3


def merge_versions(sources: Sequence[SourceFile]) -> list[SourceFile]:
    """Return the sources with versions of one transcript as one; order and the rest stay."""
    groups: dict[tuple[Path, str], list[SourceFile]] = {}
    for source in sources:
        if source.kind == "transcript" and not source.part:
            key = (source.path.parent, base_name(source.path))
            groups.setdefault(key, []).append(source)
    merged: dict[Path, SourceFile | None] = {}
    for group in groups.values():
        for alike in _split_by_words(sorted(group, key=_rank)):
            others = tuple(other.path for other in alike[1:])
            if others:
                merged[alike[0].path] = replace(alike[0], others=(*alike[0].others, *others))
                merged |= dict.fromkeys(others, None)
    found = (merged.get(s.path, s) if not s.part else s for s in sources)
    return [source for source in found if source is not None]


def _split_by_words(ranked: Sequence[SourceFile]) -> list[list[SourceFile]]:
    """Group sources of one base name: same stem, or same words; the best stands first."""
    groups: list[list[SourceFile]] = []
    for source in ranked:
        for group in groups:
            best = group[0]
            if best.path.stem == source.path.stem or _is_same_talk(best.path, source.path):
                group.append(source)
                break
        else:
            groups.append([source])
    return groups


def base_name(path: Path) -> str:
    """Return the stem without words that say which version it is.

    Examples:
        >>> base_name(Path("GMT20250304-101500_Recording.transcript.vtt"))
        'gmt20250304-101500_recording'
        >>> base_name(Path("transcript_corrected.vtt")), base_name(Path("transcript.vtt"))
        ('transcript', 'transcript')
    """
    stem = path.stem.lower()
    while match := _VERSION.search(stem):
        stem = stem[: match.start()]
    return stem


def _rank(source: SourceFile) -> tuple[int, int, str]:
    match = _VERSION.search(source.path.stem)
    word = match["word"].lower() if match else ""
    version = 0 if word in _CORRECTED else 2 if word in _ROUGH else 1
    suffix = source.path.suffix.lower()
    order = _SUFFIXES.index(suffix) if suffix in _SUFFIXES else len(_SUFFIXES)
    return version, order, source.path.name


def _is_same_talk(one: Path, other: Path) -> bool:
    runs, others = _word_runs(one), _word_runs(other)
    shorter = min(len(runs), len(others))
    return shorter > 0 and len(runs & others) >= _SAME_TALK_SHARE * shorter


def _word_runs(path: Path) -> set[tuple[str, ...]]:
    """Return the runs of three words in the first part of a text file."""
    try:
        with path.open("rb") as file:
            text, _ = decode_text(file.read(_HEAD_BYTES))
    except (OSError, ValueError):
        return set()
    words = re.findall(r"[^\W\d_]+", text.lower())
    return set(zip(words, words[1:], words[2:], strict=False))
