"""Settings: one frozen dataclass a stage, read from `icp-voice.toml`.

Every value has a default, so an empty file (or none) is a working configuration. Unknown keys are
errors that name the nearest known one.
"""

import dataclasses
import difflib
import tomllib
import types
import typing
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

from icp_voice.errors import ConfigError
from icp_voice.languages import LANGUAGES

CONFIG_NAME = "icp-voice.toml"
# What a run leaves in the results folder.
STORE_NAME = "icp-voice.duckdb"
EXPORTS_NAME = "exports"


@dataclass(frozen=True)
class IngestConfig:
    """Where the inputs lie and how they are read. Paths are relative to the workspace.

    Attributes:
        recordings: folders searched for audio, video and transcripts, with their sub-folders.
        include, exclude: patterns as in .gitignore of the files that are read, and of those of
            them (or folders) that are not.
        deals: the CRM's deals file; calls: the optional sidecar of calls.
        name_patterns: regular expressions with named groups `deal_id`, `date`, `time` or
            `account`, searched in the path below the folder of calls before the built-in ones;
            known deal ids are looked for as whole words besides.
        date_order: how ambiguous dates such as 03/04/2025 are read; "" refuses them.
        won_words, lost_words, open_words: stage names of this CRM beside the usual ones.
        seller_names, seller_domains: who is on our side, by name or mail domain.
        prefer: which is read where a call lies there as a transcript and as a recording.
        seller_track_words, buyer_track_words: words, beside the usual ones, by which the names of
            two files tell that they are the two sides of one call.
    """

    recordings: tuple[str, ...] = ("recordings", "transcripts")
    include: tuple[str, ...] = ("*",)
    exclude: tuple[str, ...] = ()
    deals: str = "deals.csv"
    calls: str = "calls.csv"
    name_patterns: tuple[str, ...] = ()
    date_order: Literal["", "day_first", "month_first"] = ""
    won_words: tuple[str, ...] = ()
    lost_words: tuple[str, ...] = ()
    open_words: tuple[str, ...] = ()
    seller_names: tuple[str, ...] = ()
    seller_domains: tuple[str, ...] = ()
    prefer: Literal["transcript", "recording"] = "transcript"
    seller_track_words: tuple[str, ...] = ()
    buyer_track_words: tuple[str, ...] = ()


@dataclass(frozen=True)
class TranscribeConfig:
    """How recordings become text.

    Attributes:
        model: a bundled name, a local folder, or a name to fetch from the hub.
        languages: the languages that may occur.
        seller_channel: which channel of a two-channel call is the seller, 0 or 1.
        diarizer: what tells the voices of one channel apart; `pyannote` and `sherpa-onnx` are
            extras with models of their own.
        diarizer_model: folder of the diarizer's models; for pyannote a name at the hub, too.
        min_silence_ms: silence that splits speech for the voice-activity detector.
        batched: recognise several pieces of speech at once; pays on a GPU and for clear sound,
            and may lose words at the pieces' ends. batch_size: how many at once.
        workers, threads: 0 picks so that workers x threads <= cores.
        offline: never ask the hub.

    Raises:
        ConfigError: no language, or one that is not known.
    """

    model: str = "small"
    languages: tuple[str, ...] = LANGUAGES
    seller_channel: Literal[0, 1] = 0
    diarizer: Literal["builtin", "pyannote", "sherpa-onnx"] = "builtin"
    diarizer_model: str = ""
    beam_size: int = 5
    min_silence_ms: int = 500
    turn_gap_s: float = 2.0
    batched: bool = False
    batch_size: int = 8
    workers: int = 0
    threads: int = 0
    offline: bool = False

    def __post_init__(self) -> None:
        """Refuse languages that nothing is looked for in."""
        unknown = [code for code in self.languages if code not in LANGUAGES]
        if unknown or not self.languages:
            named = f"{unknown[0]!r} is not known" if unknown else "none is named"
            raise ConfigError(f"Languages: {named}; accepted are {', '.join(LANGUAGES)}.")


@dataclass(frozen=True)
class ExtractConfig:
    """How signals are found. `taxonomy`: extra folders of the user's own YAML."""

    taxonomy: tuple[str, ...] = ()
    classifier: bool = True
    side_confidence: float = 0.8


@dataclass(frozen=True)
class ThemesConfig:
    """How buyer lines are grouped.

    Attributes:
        distance_threshold: cosine distance up to which groups of lines are merged; higher gives
            fewer and wider themes.
        min_content_words: shorter lines take no part.
        min_deals: deals a theme must be heard in.
        max_themes: the themes heard in most deals are kept; each is one more thing to test, and
            the more is tested the less can be shown.
    """

    distance_threshold: float = 0.70
    min_content_words: int = 4
    min_deals: int = 5
    max_themes: int = 20


@dataclass(frozen=True)
class EvidenceConfig:
    """How traits are tied to outcomes; the rules stand in `evidence/`.

    Attributes:
        stratify_by: deal attribute whose groups are compared inside; "" for none.
        hypotheses: traits written down before the run (20 at most).
        min_deals_per_cell: traits present or absent in fewer deals are set aside.
        fdr: q, the false discovery rate asked for.
        permutations: shuffles of the outcomes; stability_pairs: pairs of half-samples.
        include_poor: count calls graded poor too; they are left out unless asked for.
    """

    stratify_by: str = "segment"
    hypotheses: tuple[str, ...] = ()
    min_deals_per_cell: int = 5
    fdr: float = 0.10
    permutations: int = 2000
    stability_pairs: int = 50
    seed: int = 20260101
    include_poor: bool = False


@dataclass(frozen=True)
class IcpConfig:
    """How findings become criteria and points.

    Attributes:
        max_criteria: criteria in all; max_negative: excludes and warnings among them.
        min_points, max_points: of one criterion; the points of all add up to 100.
        min_quotes: quotes a trait from calls must be heard in to become a criterion.
        fold_correlation: traits that go together at least this much are one criterion.
    """

    max_criteria: int = 7
    max_negative: int = 2
    min_points: int = 5
    max_points: int = 35
    tier_a_from: int = 70
    tier_b_from: int = 40
    min_quotes: int = 3
    fold_correlation: float = 0.5


@dataclass(frozen=True)
class Config:
    """The effective configuration of a run."""

    name: str = ""
    synthetic: bool = False
    ingest: IngestConfig = field(default_factory=IngestConfig)
    transcribe: TranscribeConfig = field(default_factory=TranscribeConfig)
    extract: ExtractConfig = field(default_factory=ExtractConfig)
    themes: ThemesConfig = field(default_factory=ThemesConfig)
    evidence: EvidenceConfig = field(default_factory=EvidenceConfig)
    icp: IcpConfig = field(default_factory=IcpConfig)


def load_config(path: Path) -> Config:
    """Read a configuration file; a file that does not exist means all defaults.

    Raises:
        ConfigError: not TOML, an unknown key, or a value of the wrong type.
    """
    try:
        text = path.read_text(encoding="utf-8-sig")
    except FileNotFoundError:
        return Config()
    except (OSError, UnicodeDecodeError) as error:
        message = f"{path} can't be read: {error}. It must be a UTF-8 text file."
        raise ConfigError(message) from error
    try:
        data = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise ConfigError(f"{path} is not valid TOML: {error}.") from error
    config = _build(Config, data, where=path.name)
    assert isinstance(config, Config)
    return config


def _build(cls: type[Any], data: Mapping[str, Any], *, where: str) -> Any:
    """Make a (nested) config dataclass of a TOML table."""
    hints = typing.get_type_hints(cls)
    values: dict[str, Any] = {}
    for key, value in data.items():
        if key not in hints:
            raise ConfigError(_unknown_key(key, hints, where))
        values[key] = _convert(value, hints[key], where=f"{where}: {key}")
    return cls(**values)


def _unknown_key(key: str, known: Mapping[str, Any], where: str) -> str:
    near = difflib.get_close_matches(key, known, n=1)
    hint = f" Did you mean {near[0]!r}?" if near else f" Known: {', '.join(sorted(known))}."
    return f"{where}: unknown key {key!r}.{hint}"


def _convert(value: Any, hint: Any, *, where: str) -> Any:
    """Check a TOML value against a field's type and return it as that type."""
    if dataclasses.is_dataclass(hint):
        if not isinstance(value, dict):
            raise ConfigError(f"{where} must be a table, such as [{where.rsplit(' ', 1)[-1]}].")
        return _build(typing.cast("type[Any]", hint), value, where=where)
    origin = typing.get_origin(hint)
    if origin is tuple:
        item = typing.get_args(hint)[0]
        if not isinstance(value, list) or not all(isinstance(v, item) for v in value):
            raise ConfigError(f"{where} must be a list of {item.__name__}, not {value!r}.")
        return tuple(value)
    if origin is Literal:
        allowed = typing.get_args(hint)
        if value not in allowed:
            raise ConfigError(f"{where} is {value!r}; accepted: {', '.join(map(repr, allowed))}.")
        return value
    if origin in (typing.Union, types.UnionType):
        return value
    if hint is float and isinstance(value, int) and not isinstance(value, bool):
        return float(value)
    if not isinstance(value, hint) or (hint is int and isinstance(value, bool)):
        raise ConfigError(f"{where} must be {hint.__name__}, not {value!r}.")
    return value
