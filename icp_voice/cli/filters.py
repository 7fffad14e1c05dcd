"""`transcribe`, `extract` and `measure`: filters that work without a workspace.

Results go to standard output, one JSON object a line (a public contract, see the README) or a
table to read; bars and failures go to standard error. One bad file never stops the others.
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from icp_voice.errors import ConfigError, IcpVoiceError
from icp_voice.records import Participant, Side, SourceFile, Track, Transcript
from icp_voice.results import Measurement

if TYPE_CHECKING:
    from icp_voice.config import Config
    from icp_voice.embedding import SentenceEmbedder

FILES = click.argument(
    "files", nargs=-1, required=True, type=click.Path(path_type=Path, dir_okay=False)
)
FORMAT = click.option(
    "--format",
    "form",
    type=click.Choice(["table", "json"]),
    default="table",
    show_default=True,
    help="A table to read, or JSON for programs.",
)
CSV = click.Path(path_type=Path, dir_okay=False)
PARTICIPANTS = click.option(
    "--participants",
    type=CSV,
    help='JSON: {"participants": [{"name", "side", "title"}]}, side buyer or seller.',
)


@click.command()
@FILES
@click.option("--model", default="small", show_default=True, help="Speech model: name or folder.")
@click.option("--language", "languages", multiple=True, help="A language that may occur; repeat.")
@click.option("--seller-channel", type=click.IntRange(0, 1), default=0, show_default=True)
@click.option("--tracks", is_flag=True, help="FILES are the sides of one call, the seller first.")
@click.option("--offline", is_flag=True, help="Never ask the network, not even for a model.")
@click.option("--batched", is_flag=True, help="Several pieces of speech at once: for a GPU.")
@PARTICIPANTS
@FORMAT
def transcribe(
    files: tuple[Path, ...],
    model: str,
    languages: tuple[str, ...],
    seller_channel: int,
    tracks: bool,
    offline: bool,
    batched: bool,
    participants: Path | None,
    form: str,
) -> int:
    """Turn recordings into speaker turns, on this machine."""
    from icp_voice.cli.bars import Bars
    from icp_voice.config import TranscribeConfig
    from icp_voice.transcribe.models import fetch_missing
    from icp_voice.transcribe.parallel import transcribe_recordings

    config = TranscribeConfig(
        model=model,
        seller_channel=1 if seller_channel else 0,
        offline=offline,
        batched=batched,
    )
    if languages:
        config = replace(config, languages=languages)
    people = _read_participants(participants)
    n_failed = 0
    sources = []
    for path in files:
        try:
            sources.append(_source(path))
        except OSError as error:
            n_failed += _fail(path.name, error.strerror or str(error))
    if tracks and len(sources) > 1:
        sources = [_one_call(sources)]
    attendees = {source.call_id: people for source in sources}
    with Bars() as bars:
        if sources:
            fetch_missing(model, offline=offline, reporter=bars)
        bars.stage("Transcribing", len(sources))
        results = transcribe_recordings(
            sources, config, participants=attendees, on_progress=bars.transcribing
        )
        for source, result in results:
            if isinstance(result, Transcript):
                _print_transcript(result, form)
            else:
                n_failed += _fail(source.path.name, result.reason)
    return 1 if n_failed else 0


@click.command()
@FILES
@PARTICIPANTS
@click.option("--classifier/--no-classifier", default=True, help="Patterns only, or both.")
@FORMAT
def extract(files: tuple[Path, ...], participants: Path | None, classifier: bool, form: str) -> int:
    """Read pains, objections, triggers, people... out of transcripts."""
    from icp_voice.config import Config, ExtractConfig
    from icp_voice.extract.contract import to_json
    from icp_voice.extract.extractor import load_extractor
    from icp_voice.ingest.transcripts import find_parts, read_transcript

    config = Config(extract=ExtractConfig(classifier=classifier))
    people = _read_participants(participants)
    transcripts = []
    n_failed = 0
    for path in files:
        try:
            for source in find_parts(_source(path)):
                transcripts.append(
                    read_transcript(
                        path,
                        call_id=source.call_id,
                        part=source.part,
                        participants=people,
                        config=config.ingest,
                    )
                )
        except OSError as error:
            n_failed += _fail(path.name, error.strerror or str(error))
        except IcpVoiceError as error:
            n_failed += _fail(path.name, str(error))
    if not transcripts:
        return 1
    extractor = load_extractor(config.extract, embedder=_embedder(config, transcripts))
    for transcript in transcripts:
        document = to_json(extractor.extract(transcript))
        if form == "json":
            click.echo(json.dumps(document, ensure_ascii=False))
        else:
            _print_signals(document)
    return 1 if n_failed else 0


@click.command()
@click.option("--deals", required=True, type=CSV, help="deal_id, outcome (won, lost, open), ...")
@click.option("--traits", required=True, type=CSV, help="deal_id and a column a trait, or long.")
@click.option("--segment", help="Column of the deals file whose groups are compared inside.")
@click.option("--hypothesis", "hypotheses", multiple=True, help="A trait written down before.")
@FORMAT
def measure(
    deals: Path, traits: Path, segment: str | None, hypotheses: tuple[str, ...], form: str
) -> int:
    """Say which traits of deals go with wins, and how sure that is."""
    from icp_voice.config import EvidenceConfig, IngestConfig
    from icp_voice.evidence.measure import measure as measure_traits
    from icp_voice.evidence.output import to_json
    from icp_voice.evidence.trait_files import read_traits
    from icp_voice.ingest.deals import read_deals

    config = replace(EvidenceConfig(), hypotheses=hypotheses)
    if segment is not None:
        config = replace(config, stratify_by=segment)
    found = read_deals(deals, IngestConfig())
    if segment is not None and not any(segment in d.attributes for d in found.deals):
        columns = sorted({name for d in found.deals for name in d.attributes})
        raise ConfigError(
            f"--segment {segment}: {deals} has no such column. It has: {', '.join(columns)}."
        )
    table = read_traits(traits, found.deals)
    measurement = measure_traits(table, found.deals, config)
    if form == "json":
        click.echo(json.dumps(to_json(measurement), ensure_ascii=False))
    else:
        _print_measurement(measurement)
    return 0


def _source(path: Path) -> SourceFile:
    from icp_voice.files import hash_content

    sha256 = hash_content(path)
    return SourceFile(sha256[:16], sha256, path, "recording", path.stat().st_size)


def _one_call(sources: Sequence[SourceFile]) -> SourceFile:
    """Make one call of files that hold a side or a person each."""
    from icp_voice.ingest.grouping import call_of_tracks

    sides: list[Side] = ["seller", "buyer"] if len(sources) == 2 else ["unknown"] * len(sources)
    tracks = [Track(source.path, side) for source, side in zip(sources, sides, strict=True)]
    return call_of_tracks(list(zip(sources, tracks, strict=True)))


def _fail(name: str, reason: str) -> int:
    click.echo(f"Failed: {name}: {reason}", err=True)
    return 1


def _read_participants(path: Path | None) -> tuple[Participant, ...]:
    """Read a participants file; without one nobody is known.

    Raises:
        ConfigError: the file can't be read or has another shape.
    """
    if path is None:
        return ()
    accepted = '{"participants": [{"name": "...", "side": "buyer", "title": "..."}]}'
    try:
        document = json.loads(path.read_text(encoding="utf-8-sig"))
        return tuple(_participant(entry) for entry in document["participants"])
    except OSError as error:
        raise ConfigError(f"--participants {path}: {error.strerror or error}.") from error
    except (ValueError, KeyError, TypeError) as error:
        raise ConfigError(
            f"--participants {path} is not a participants file (accepted: {accepted})."
        ) from error


def _participant(entry: Mapping[str, Any]) -> Participant:
    side: Side = entry.get("side") or "unknown"
    if side not in ("buyer", "seller", "unknown"):
        raise ValueError(side)
    return Participant(str(entry["name"]), side, entry.get("title"), entry.get("email"))


def _embedder(config: "Config", transcripts: Iterable[Transcript]) -> "SentenceEmbedder | None":
    from icp_voice.embedding import load_embedder

    if not config.extract.classifier:
        return None
    languages = sorted({code for t in transcripts for code in t.languages})
    corpus = [turn.text for t in transcripts for turn in t.turns]
    return load_embedder(languages or ["en"], corpus=corpus)


def _print_transcript(transcript: Transcript, form: str) -> None:
    from icp_voice.transcribe.contract import to_json

    if form == "json":
        click.echo(json.dumps(to_json(transcript), ensure_ascii=False))
        return
    quality = transcript.quality
    why = f" ({'; '.join(quality.reasons)})" if quality.reasons else ""
    partial = ", partial" if transcript.partial else ""
    click.echo(f"{transcript.call}: {transcript.duration_s:.0f} s, {quality.grade}{partial}{why}")
    for turn in transcript.turns:
        click.echo(f"  {clock(turn.start_s)}  {turn.speaker} ({turn.side}): {turn.text}")


def _print_signals(document: Mapping[str, Any]) -> None:
    click.echo(f"{document['call']}: {len(document['signals'])} signals")
    for signal in document["signals"]:
        what = f"{signal['kind']}/{signal['topic']}"
        click.echo(
            f"  {clock(signal['start_s'])}  {signal['side']:7} {signal['status']:12} {what:28} "
            f"{signal['quote']}"
        )
    for person in document["stakeholders"]:
        name = person["name"] or ""
        click.echo(f"         {person['presence']:9} {person['role']} {person['level']} {name}")


def _print_measurement(measurement: Measurement) -> None:
    from rich.console import Console
    from rich.table import Table

    table = Table(box=None, header_style="bold", padding=(0, 1))
    for column in ("trait", "with", "without", "odds", "90 % interval", "q", "verdict"):
        table.add_column(column)
    for f in measurement.findings:
        odds = "" if f.odds_ratio_shrunken is None else f"{f.odds_ratio_shrunken:.2f}"
        interval = f.interval_90
        table.add_row(
            f.trait,
            f"{f.present_won} won of {f.present_won + f.present_lost}",
            f"{f.absent_won} won of {f.absent_won + f.absent_lost}",
            odds,
            "" if interval is None else f"{interval.low:.2f} to {interval.high:.2f}",
            "" if f.q_value is None else f"{f.q_value:.3f}",
            f.verdict.replace("_", " "),
        )
    console = Console(highlight=False)
    console.print(
        f"{measurement.n_deals} deals: {measurement.n_won} won, {measurement.n_lost} lost, "
        f"{measurement.n_open} open. Traits go with wins or losses; they do not cause them."
    )
    console.print(table)
    for warning in measurement.warnings:
        console.print(f"! {warning}", markup=False)


def clock(seconds: float) -> str:
    """Return minutes and seconds, `m:ss`.

    >>> clock(83.9)
    '1:23'
    """
    return f"{int(seconds) // 60}:{int(seconds) % 60:02d}"
