"""The frozen records that cross a stage's border.

Times are seconds from the start of the recording (`start_s`, `end_s`), shares are in [0, 1],
dates are `datetime.date`. Ids are always `call_id`, `deal_id`, `trait`. Nothing here imports a
library outside the standard one, so every stage may import it.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time
from pathlib import Path
from typing import Literal

Side = Literal["buyer", "seller", "unknown"]
Status = Literal["asserted", "negated", "hypothetical", "past", "other_party", "asked"]
Outcome = Literal["won", "lost", "open"]
QualityGrade = Literal["good", "usable", "poor"]
Presence = Literal["present", "mentioned"]
Level = Literal["c_level", "vp_director", "manager", "specialist", "unknown"]
SourceKind = Literal["recording", "transcript"]
MatchReason = Literal[
    "decision",
    "calls_file",
    "sidecar",
    "file_name",
    "mail_domain",
    "account_name",
    "ambiguous",
    "none",
]


@dataclass(frozen=True)
class Participant:
    """A person on the call, from an attendee list or a transcript's speaker labels."""

    name: str
    side: Side = "unknown"
    title: str | None = None
    email: str | None = None


@dataclass(frozen=True)
class Track:
    """One file of a call that was recorded in one file a person (or a side).

    Attributes:
        side: as the file's name tells it (agent, caller); `unknown` where it does not.
        name: whose voice it is, where the file's name tells that.
    """

    path: Path
    side: Side = "unknown"
    name: str | None = None


@dataclass(frozen=True)
class SourceFile:
    """One call found in a folder: most often one file, sometimes several of one call.

    Attributes:
        call_id: first 16 hex digits of `sha256`; the call's identity wherever the file moves.
        sha256: hex digest of the file's bytes, or of the tracks' digests.
        path: the file that is read; the first track's where there are tracks.
        tracks: the files of a call recorded in one file a person; empty for a single file.
        others: more files of the same call: the same bytes again, another container, the sound
            beside its transcript. They are not read as calls of their own.
        part: which call of the file, where a file holds several (an export of Gong); `sha256` is
            then the digest of that call's part.
    """

    call_id: str
    sha256: str
    path: Path
    kind: SourceKind
    size_bytes: int
    tracks: tuple[Track, ...] = ()
    others: tuple[Path, ...] = ()
    part: str = ""

    @property
    def name(self) -> str:
        """The file's name as messages and `calls.csv` have it, with the part behind a `#`."""
        return f"{self.path.name}#{self.part}" if self.part else self.path.name

    @property
    def paths(self) -> tuple[Path, ...]:
        """All files of the call, the one that is read first."""
        tracks = (track.path for track in self.tracks)
        return tuple(dict.fromkeys((self.path, *tracks, *self.others)))


@dataclass(frozen=True)
class CallEntry:
    """What `calls.csv` or a file's own sidecar says of it; always wins over the file's name.

    Attributes:
        file: the file as `calls.csv` names it; a sidecar's own path.
        started: time of day, where it is told beside the day.
    """

    file: str
    deal_id: str | None = None
    called_on: date | None = None
    participants: tuple[Participant, ...] = ()
    started: time | None = None
    title: str | None = None


@dataclass(frozen=True)
class CallFacts:
    """What is known of a call when its deal is looked for.

    Attributes:
        names: paths of the call's files below the folder of calls, `/` between folders; the file
            that is read comes first.
        entry: its row of calls.csv; sidecar: the file beside it.
        participants: as the transcript or an attendee list names them.
        title, started_at: as the file itself tells them.
    """

    call_id: str
    names: tuple[str, ...]
    entry: CallEntry | None = None
    sidecar: CallEntry | None = None
    participants: tuple[Participant, ...] = ()
    title: str | None = None
    started_at: datetime | None = None


@dataclass(frozen=True)
class MatchCandidate:
    """A deal that a call may belong to, and why."""

    deal_id: str
    why: str


@dataclass(frozen=True)
class CallMatch:
    """Which deal a call belongs to, and why; `deal_id` is None where it can't be told.

    Attributes:
        confidence: in [0, 1]; how much the reason can be trusted, not a measured probability.
        started_at: day and time, where the time is known (wall clock, no zone).
        candidates: deals it may belong to, likeliest first, where none or several fit.
    """

    call_id: str
    deal_id: str | None
    called_on: date | None
    reason: MatchReason
    detail: str
    confidence: float
    started_at: datetime | None = None
    candidates: tuple[MatchCandidate, ...] = ()


@dataclass(frozen=True)
class Segment:
    """One piece of recognised speech of one channel, before speaker turns are formed."""

    channel: int
    start_s: float
    end_s: float
    text: str
    language: str
    mean_log_probability: float = 0.0
    no_speech_probability: float = 0.0
    compression_ratio: float = 1.0


@dataclass(frozen=True)
class DroppedSegment:
    """Recognised text that was judged not to be speech, kept with the reason."""

    channel: int
    start_s: float
    end_s: float
    text: str
    reason: str


@dataclass(frozen=True)
class Turn:
    """One person speaking without a break by another; `index` counts from 0 in the call."""

    index: int
    speaker: str
    side: Side
    side_confidence: float
    start_s: float
    end_s: float
    language: str
    text: str


@dataclass(frozen=True)
class CallQuality:
    """Figures that decide whether a call may count as evidence.

    Attributes:
        speech_s: seconds of speech the voice-activity detector heard; None for transcripts.
        transcribed_s: seconds covered by turns.
        coverage: transcribed_s / speech_s, capped at 1; None for transcripts.
        mean_log_probability: mean token log-probability of the recogniser; None for transcripts.
        side_confidence: mean of the turns' `side_confidence`, weighted by characters.
    """

    speech_s: float | None
    transcribed_s: float
    coverage: float | None
    characters_per_minute: float
    mean_log_probability: float | None
    side_confidence: float
    grade: QualityGrade
    reasons: tuple[str, ...] = ()


@dataclass(frozen=True)
class Transcript:
    """A call as speaker turns, whatever it was read from.

    Attributes:
        call: the file's name; the public name of the call in JSON.
        model: the recogniser's name and revision, or the transcript format it was read from.
        partial: the recording broke off before its end; what could be read is here.
        title: the meeting's title, where the file tells it.
        started_at: when the call began, in the zone the file tells it in, where it tells it.
    """

    call_id: str
    call: str
    duration_s: float
    channels: int
    languages: tuple[str, ...]
    model: str
    quality: CallQuality
    turns: tuple[Turn, ...]
    participants: tuple[Participant, ...] = ()
    dropped: tuple[DroppedSegment, ...] = ()
    partial: bool = False
    title: str | None = None
    started_at: datetime | None = None


@dataclass(frozen=True)
class Signal:
    """One thing said at one place (see the taxonomy for kinds, topics and statuses).

    Attributes:
        turn: index of the turn the quote stands in.
        elicited: a seller's question that the buyer confirmed; the quote is the question's claim.
        confidence: in [0, 1]; calibrated where the detector is the classifier.
        detector: `pattern:<topic>` or `classifier:<model>`.
    """

    kind: str
    topic: str
    status: Status
    side: Side
    speaker: str
    quote: str
    turn: int
    start_s: float
    end_s: float
    language: str
    elicited: bool
    confidence: float
    detector: str


@dataclass(frozen=True)
class Stakeholder:
    """A role of the buyer's side on one call; `name` and `quote` where they are known."""

    role: str
    level: Level
    presence: Presence
    function: str = ""
    name: str | None = None
    quote: str | None = None
    start_s: float | None = None


@dataclass(frozen=True)
class Extraction:
    """All that was read out of one call."""

    call_id: str
    call: str
    language: str
    participants: tuple[Participant, ...]
    signals: tuple[Signal, ...]
    stakeholders: tuple[Stakeholder, ...]


@dataclass(frozen=True)
class BuyerLine:
    """One buyer sentence that themes are clustered from."""

    call_id: str
    deal_id: str | None
    turn: int
    start_s: float
    end_s: float
    language: str
    text: str


@dataclass(frozen=True)
class ThemeMember:
    """A buyer line in a theme; `similarity` is its cosine to the theme's centroid."""

    line: BuyerLine
    similarity: float


@dataclass(frozen=True)
class Theme:
    """A group of buyer lines that say much the same.

    Attributes:
        theme_id: stable across reruns, `t` and eight hex digits.
        label: a few words, most typical first.
        stability: share in [0, 1]; agreement under resampling. Below .7 the theme is `loose`.
    """

    theme_id: str
    label: str
    medoid: str
    members: tuple[ThemeMember, ...]
    n_calls: int
    n_deals: int
    stability: float


@dataclass(frozen=True)
class Deal:
    """One deal of the CRM. Blank stays None: unknown, never zero or absent."""

    deal_id: str
    outcome: Outcome
    name: str | None = None
    account_id: str | None = None
    owner: str | None = None
    amount: float | None = None
    currency: str | None = None
    created_on: date | None = None
    closed_on: date | None = None
    first_call_on: date | None = None
    attributes: Mapping[str, str | None] = field(default_factory=dict)


@dataclass(frozen=True)
class RejectedRow:
    """A row of a deals or calls file that could not be read; never dropped in silence."""

    row: int
    reason: str
    values: Mapping[str, str]


@dataclass(frozen=True)
class Quote:
    """Words said on a call with where to hear them."""

    call_id: str
    call: str
    deal_id: str | None
    speaker: str
    text: str
    start_s: float
    end_s: float
    outcome: Outcome | None = None


@dataclass(frozen=True)
class FailedInput:
    """A file or row that could not be used, named with its reason."""

    name: str
    stage: str
    reason: str


@dataclass(frozen=True)
class CallSummary:
    """One analysed call as pages and exports list it.

    Attributes:
        call_number: 1 is the deal's first call; None without a deal, or without a day where the
            deal has more calls.
        waits: somebody should say which deal it belongs to, or confirm a weak match.
        grade_reasons: why the grade is not `good`, most important first.
        left_out: too poor to count as evidence, and not asked for either.
    """

    call_id: str
    call: str
    kind: SourceKind
    deal_id: str | None
    called_on: date | None
    call_number: int | None
    duration_s: float
    languages: tuple[str, ...]
    model: str
    grade: QualityGrade
    match_detail: str
    n_signals: int
    waits: bool = False
    grade_reasons: tuple[str, ...] = ()
    left_out: bool = False


@dataclass(frozen=True)
class DealSignals:
    """What was said over all calls of one deal, newest call first, for cards and CRM fields."""

    deal_id: str
    n_calls: int
    last_call_on: date | None
    signals: tuple[tuple[Signal, Quote], ...]
    stakeholders: tuple[Stakeholder, ...]
