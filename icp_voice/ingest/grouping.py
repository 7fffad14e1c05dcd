"""Which files are one call: one file a side or a person, and the same call in several formats.

Telephone systems write the agent's and the caller's sound into a file each, Zoom one a person
("Record a separate audio file for each participant"), and a meeting leaves a video, its sound and
its transcript behind. Files are put together only where folder, name and length agree; what is
doubtful stays apart and is told.
"""

import hashlib
import logging
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from types import MappingProxyType

from icp_voice.config import IngestConfig
from icp_voice.ingest.call_names import TrackWords, call_key, is_person_folder, person_in_name
from icp_voice.ingest.recordings import CALL_ID_DIGITS
from icp_voice.records import FailedInput, SourceFile, Track

log = logging.getLogger(__name__)

# The recorder of one side starts and stops a moment before the other's.
_TRACK_TOLERANCE_S, _TRACK_TOLERANCE = 3.0, 0.05
# A video and its sound differ by the pictures before and after it.
_FORMAT_TOLERANCE_S, _FORMAT_TOLERANCE = 5.0, 0.05
# Sound alone is quicker to read than video.
_VIDEO_SUFFIXES = frozenset(
    {".mp4", ".m4v", ".webm", ".mkv", ".mov", ".avi", ".mpg", ".mpeg", ".wmv", ".asf", ".flv"}
    | {".3gp", ".3g2", ".mts", ".m2ts", ".vob", ".ogv", ".ts"}
)

Durations = Callable[[Path], float | str]


@dataclass(frozen=True)
class Grouping:
    """The calls that files make.

    Attributes:
        sources: one a call, in the order of the files.
        failures: files of a call that can't be decoded, while others of it can.
        notes: what was put together or kept apart, a sentence each.
    """

    sources: tuple[SourceFile, ...]
    failures: tuple[FailedInput, ...]
    notes: tuple[str, ...]


def group_files(
    sources: Sequence[SourceFile],
    folders: Sequence[Path],
    config: IngestConfig,
    *,
    duration_of: Durations,
    deals: Mapping[str, str | None] = MappingProxyType({}),
) -> Grouping:
    """Put the files of one call together.

    Args:
        sources: one a file, as `scan_sources` found them.
        folders: those that were searched; a transcript may lie in another of them than its
            recording, at the same place below it.
        config: which words tell a side, and whether transcripts or recordings are preferred.
        duration_of: seconds by a file's header, 0 where that does not tell them, or why the file
            can't be decoded.
        deals: call_id -> deal, as calls.csv says; files of different deals are different calls.
    """
    grouper = _Grouper(folders, config, duration_of, deals)
    calls = grouper.join_formats(grouper.join_tracks(sources))
    log.info("grouping: files=%d calls=%d", len(sources), len(calls))
    return Grouping(tuple(calls), tuple(grouper.failures), tuple(grouper.notes()))


class _Grouper:
    def __init__(
        self,
        folders: Sequence[Path],
        config: IngestConfig,
        duration_of: Durations,
        deals: Mapping[str, str | None],
    ) -> None:
        self._folders = folders
        self._config = config
        self._duration_of = duration_of
        self._deals = dict(deals)
        self._words = TrackWords(config.seller_track_words, config.buyer_track_words)
        self._apart: list[str] = []
        self._n_tracks = self._n_both = 0
        self.failures: list[FailedInput] = []

    def notes(self) -> Iterable[str]:
        """Yield what the user should know of the calls in several files."""
        if self._n_tracks:
            yield (
                f"Recorded in a file a side or a person: {self._n_tracks} of the calls. The files "
                "of each are read side by side."
            )
        if self._n_both:
            preferred = self._config.prefer
            other = "recording" if preferred == "transcript" else "transcript"
            yield (
                f"There as recording and as transcript: {self._n_both} of the calls. The "
                f'{preferred} is read ([ingest] prefer = "{other}" in icp-voice.toml turns that '
                "round)."
            )
        yield from self._apart

    def join_tracks(self, sources: Sequence[SourceFile]) -> list[SourceFile]:
        """Return the sources, files that hold a side or a person each put together."""
        recordings = [source for source in sources if source.kind == "recording"]
        joined: dict[str, SourceFile] = {}
        by_person = list(self._person_files(recordings))
        in_folders = {source.sha256 for tracks in by_person for source, _ in tracks}
        alone = [source for source in recordings if source.sha256 not in in_folders]
        for tracks in [*by_person, *self._side_files(alone)]:
            call = call_of_tracks(tracks)
            self._n_tracks += 1
            joined |= {source.sha256: call for source, _ in tracks}
            told = (self._deals.get(source.call_id) for source, _ in tracks)
            self._deals[call.call_id] = next((deal for deal in told if deal), None)
        return list({c.sha256: c for s in sources for c in [joined.get(s.sha256, s)]}.values())

    def join_formats(self, sources: Sequence[SourceFile]) -> list[SourceFile]:
        """Return the sources, recordings and transcripts of the same call put together."""
        by_key: dict[tuple[Path, str], list[SourceFile]] = {}
        for source in sources:
            if not source.part:  # a file of many calls goes with no recording
                by_key.setdefault(self._place_and_key(source), []).append(source)
        for place, key in [k for k in by_key if k[1] == ""]:
            # The mix of a call recorded in a file a person lies in the folder above.
            above = [k for k in by_key if k[0] == place and k[1]]
            if len(above) == 1:
                by_key[above[0]] += by_key.pop((place, key))
        joined: dict[str, SourceFile] = {}
        for group in by_key.values():
            members = self._of_one_length(group)
            if len(members) > 1 and self._of_one_deal(members):
                call = self._first_choice(members)
                joined |= {source.sha256: call for source in members}
        return list({c.sha256: c for s in sources for c in [joined.get(s.sha256, s)]}.values())

    def _person_files(
        self, recordings: Sequence[SourceFile]
    ) -> Iterable[list[tuple[SourceFile, Track]]]:
        """Yield the files of each folder that holds a file a person."""
        by_folder: dict[Path, list[tuple[SourceFile, Track]]] = {}
        for source in recordings:
            if is_person_folder(source.path.parent.name):
                track = Track(source.path, name=person_in_name(source.path.stem))
                by_folder.setdefault(source.path.parent, []).append((source, track))
        for tracks in by_folder.values():
            if len(tracks) > 1 and self._go_together([source for source, _ in tracks]):
                yield tracks

    def _side_files(
        self, recordings: Sequence[SourceFile]
    ) -> Iterable[list[tuple[SourceFile, Track]]]:
        """Yield pairs of files whose names differ in nothing but the word for a side."""
        by_rest: dict[tuple[Path, str, str], list[tuple[SourceFile, str]]] = {}
        for source in recordings:
            for rest, word in self._words.in_name(source.path.stem):
                place = (source.path.parent, source.path.suffix.lower(), rest)
                by_rest.setdefault(place, []).append((source, word))
        taken: set[str] = set()
        for files in by_rest.values():
            if len(files) != 2 or taken & {source.sha256 for source, _ in files}:
                continue
            sides = self._words.sides_of(files[0][1], files[1][1])
            if sides is None or not self._go_together([source for source, _ in files]):
                continue
            taken |= {source.sha256 for source, _ in files}
            tracks = [
                (source, Track(source.path, side))
                for (source, _), (_, side) in zip(files, sides, strict=True)
            ]
            order = [position for position, _ in sides]
            yield tracks if order[0] < order[1] else tracks[::-1]

    def _go_together(self, sources: Sequence[SourceFile]) -> bool:
        """Tell whether files are parts of one call; say so where only the names think it.

        One that can't be decoded stays a part of it: its side is missing, and it is named.
        """
        found = [(source, self._duration_of(source.path)) for source in sources]
        lengths = {s.path.name: seconds for s, seconds in found if not isinstance(seconds, str)}
        if not self._of_one_deal(sources) or not lengths:
            return False
        known = sorted((seconds, name) for name, seconds in lengths.items() if seconds > 0)
        if known and not _close([s for s, _ in known], _TRACK_TOLERANCE_S, _TRACK_TOLERANCE):
            (shortest_s, shortest), (longest_s, longest) = known[0], known[-1]
            self._apart.append(
                f"{shortest} and {longest} are named like parts of one call, but last "
                f"{shortest_s:.0f} and {longest_s:.0f} s: they are read as calls of their own."
            )
            return False
        self.failures += [
            FailedInput(str(path), "ingest", why)
            for source, why in found
            if isinstance(why, str)
            for path in (source.path, *source.others)
        ]
        return True

    def _of_one_deal(self, sources: Sequence[SourceFile]) -> bool:
        return len({self._deals.get(s.call_id) for s in sources} - {None}) < 2

    def _of_one_length(self, group: Sequence[SourceFile]) -> list[SourceFile]:
        """Return the transcript of a group and those of its recordings that last as long.

        A recording that can't be decoded is left to itself, to fail under its own name. Where there
        are several transcripts they hold different talks, and it is open which is the recording's.
        """
        if len(group) < 2:
            return list(group)
        lengths = {}
        for source in group:
            if source.kind == "recording":
                found = [self._duration_of(path) for path in _read_paths(source)]
                known = [seconds for seconds in found if not isinstance(seconds, str)]
                if known:
                    lengths[source.sha256] = max(known)
        longest = max(lengths.values(), default=0.0)
        alike = {
            sha256
            for sha256, seconds in lengths.items()
            if not seconds or _close((seconds, longest), _FORMAT_TOLERANCE_S, _FORMAT_TOLERANCE)
        }
        texts = [source for source in group if source.kind == "transcript"]
        one_text = len(texts) == 1
        return [s for s in group if s.sha256 in alike or (s.kind == "transcript" and one_text)]

    def _first_choice(self, members: Sequence[SourceFile]) -> SourceFile:
        """Return the one that is read, with the rest behind it in the order of preference.

        The tracks are kept beside a transcript, too, for when it can't be read.
        """
        ordered = sorted(members, key=self._preference)
        if len({source.kind for source in members}) == 2:
            self._n_both += 1
        tracks = next((source.tracks for source in ordered if source.tracks), ())
        parts = {track.path for track in tracks}
        rest = [path for s in ordered[1:] for path in (*_read_paths(s), *s.others)]
        others = (*ordered[0].others, *(path for path in rest if path not in parts))
        return replace(ordered[0], tracks=tracks, others=others)

    def _preference(self, source: SourceFile) -> tuple[object, ...]:
        is_video = source.path.suffix.lower() in _VIDEO_SUFFIXES
        rank = 0 if source.tracks else 1 + is_video
        return (source.kind != self._config.prefer, rank, -source.size_bytes, source.path)

    def _place_and_key(self, source: SourceFile) -> tuple[Path, str]:
        """Return the folder below the searched one, and what the name says of the call."""
        parent, key = source.path.parent, call_key(source.path.stem, source.kind)
        if source.tracks and is_person_folder(parent.name):
            parent, key = parent.parent, ""
        elif source.tracks:
            names = [self._words.in_name(track.path.stem) for track in source.tracks]
            first, second = ({rest for rest, _ in found} for found in names)
            key = call_key(min(first & second).replace("\0", ""), "recording")
        for folder in self._folders:
            if parent.is_relative_to(folder):
                return parent.relative_to(folder), key
        return parent, key


def call_of_tracks(tracks: Sequence[tuple[SourceFile, Track]]) -> SourceFile:
    """Return the call that files of a side or a person each make; its id is that of all of them."""
    first = tracks[0][0]
    digests = "".join(source.sha256 for source, _ in tracks)
    sha256 = hashlib.sha256(digests.encode("ascii")).hexdigest()
    return SourceFile(
        call_id=sha256[:CALL_ID_DIGITS],
        sha256=sha256,
        path=first.path,
        kind="recording",
        size_bytes=sum(source.size_bytes for source, _ in tracks),
        tracks=tuple(track for _, track in tracks),
        others=tuple(path for source, _ in tracks for path in source.others),
    )


def _read_paths(source: SourceFile) -> tuple[Path, ...]:
    return tuple(track.path for track in source.tracks) or (source.path,)


def _close(seconds: Sequence[float], tolerance_s: float, tolerance: float) -> bool:
    return max(seconds) - min(seconds) <= max(tolerance_s, tolerance * max(seconds))
