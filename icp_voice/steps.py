"""One function a step of the pipeline: find what is stale, do it, keep it.

Stages know nothing of the store or of each other; here their records meet its tables.
"""

import logging
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from icp_voice import match_tables, tables, views
from icp_voice.call_files import first_readable, name_copies
from icp_voice.embedding import CachedEmbedder, SentenceEmbedder, load_embedder
from icp_voice.errors import DealsFileError, IcpVoiceError, ModelError, WorkspaceError
from icp_voice.progress import Reporter
from icp_voice.records import (
    CallEntry,
    CallSummary,
    Deal,
    FailedInput,
    Participant,
    RejectedRow,
    SourceFile,
    Theme,
    Transcript,
)
from icp_voice.results import Analysis
from icp_voice.seen_files import SeenFiles
from icp_voice.store import Store, stable_hash
from icp_voice.tables import StoredEmbeddings
from icp_voice.workspace import Workspace
from icp_voice.workspace import relative_path as _relative

if TYPE_CHECKING:
    from icp_voice.evidence.traits import TraitTable

log = logging.getLogger(__name__)

QUOTES_PER_TRAIT = 12
# Raise it when readers or turn-making change what they make of the same file.
READER_VERSION = 3
EXTRACT_BATCH = 50


@dataclass(frozen=True)
class CrmFiles:
    """What the deals file and the calls sidecar hold."""

    deals: tuple[Deal, ...]
    entries: tuple[CallEntry, ...]
    rejected: tuple[RejectedRow, ...]
    notes: tuple[str, ...]


@dataclass(frozen=True)
class Sources:
    """The calls found in the folders.

    Attributes:
        unused: files that are there and could not be read.
        participants: call_id -> attendees as calls.csv lists them, else as the call's sidecar does.
        entries: call_id -> its row of calls.csv; sidecars: call_id -> the file beside it.
        digests: sha256 of every file that was found.
    """

    files: tuple[SourceFile, ...]
    unused: tuple[FailedInput, ...]
    participants: Mapping[str, tuple[Participant, ...]]
    entries: Mapping[str, CallEntry]
    sidecars: Mapping[str, CallEntry]
    digests: Mapping[Path, str] = field(default_factory=dict)


def read_crm(workspace: Workspace) -> CrmFiles:
    """Read the deals file and the sidecar.

    Raises:
        DealsFileError: a file can't be used; nothing was written.
    """
    from icp_voice.ingest.calls import read_calls
    from icp_voice.ingest.deals import read_deals

    config = workspace.config.ingest
    deals = read_deals(workspace.deals_path, config)
    _require_both_outcomes(deals.deals, workspace.deals_path)
    entries = read_calls(workspace.calls_path, config) if workspace.calls_path.is_file() else ()
    return CrmFiles(deals.deals, entries, deals.rejected, deals.notes)


def require_calls(workspace: Workspace) -> None:
    """Refuse a first run on a folder without calls before anything is written there.

    Raises:
        WorkspaceError: there is neither a store nor a file that may be a call.
    """
    from icp_voice.ingest.recordings import holds_call

    if workspace.store_path.exists():
        return
    files = (path for folder in workspace.source_folders for path in folder.rglob("*"))
    if not any(holds_call(path) for path in files):
        raise _no_calls(workspace, ())


def find_calls(store: Store, workspace: Workspace, crm: CrmFiles, reporter: Reporter) -> Sources:
    """Scan the folders, read what stands beside the calls, and bring files and deals up to date."""
    from icp_voice.ingest.calls import find_entries
    from icp_voice.ingest.grouping import group_files
    from icp_voice.ingest.recordings import left_out_note, scan_sources
    from icp_voice.ingest.sidecars import read_sidecars

    reporter.stage("Finding calls", 0)
    own = (workspace.store_path, workspace.report_path, workspace.exports_path)
    seen = SeenFiles(store, workspace.folder)
    ignore = (*own, workspace.deals_path, workspace.calls_path)
    scan = scan_sources(workspace.source_folders, ignore=ignore, known=seen.known)
    if not scan.sources and not store.rows("SELECT 1 FROM calls LIMIT 1"):
        raise _no_calls(workspace, scan.failures)
    seen.look_at(scan.files)
    by_file = find_entries(scan.sources, crm.entries)
    calls = group_files(
        *(scan.sources, workspace.source_folders, workspace.config.ingest),
        duration_of=seen.duration_of,
        deals={call_id: entry.deal_id for call_id, entry in by_file.items()},
    )
    with store.transaction():
        seen.save(scan.files, calls.sources, scan.left_out)
        tables.replace_deals(store, crm.deals)
    for note in (*crm.notes, *left_out_note(scan.left_out), *calls.notes):
        reporter.note(note)
    entries = find_entries(calls.sources, crm.entries)
    sidecars, broken = read_sidecars(calls.sources, workspace.config.ingest)
    told = (*sidecars.items(), *entries.items())
    return Sources(
        files=calls.sources,
        unused=(*scan.failures, *calls.failures, *broken),
        participants={call_id: e.participants for call_id, e in told if e.participants},
        entries=entries,
        sidecars=sidecars,
        digests={file.path: file.sha256 for file in scan.files},
    )


def transcribe_new(
    store: Store,
    workspace: Workspace,
    sources: Sources,
    reporter: Reporter,
) -> tuple[int, tuple[FailedInput, ...]]:
    """Turn every call that is new into speaker turns; each is committed by itself.

    Returns:
        How many calls were new, and all inputs known to be unusable, by name.

    Raises:
        ModelError: the speech model can't be loaded and there is nothing but recordings.
    """
    from icp_voice.transcribe.models import model_identity

    jobs = store.jobs("transcribe")
    model = model_identity(workspace.config.transcribe.model)
    stale = []
    failures = []
    for source in sources.files:
        people = sources.participants.get(source.call_id, ())
        key = _transcribe_key(workspace, source, people, model)
        parameters, status, error = jobs.get(source.call_id, ("", "", None))
        if parameters != (_failed_key(key, source, sources) if status == "failed" else key):
            stale.append((source, key))
        elif status == "failed":
            failure = FailedInput(source.name, "transcribe", error or "unknown reason")
            failures += name_copies(failure, source, sources.digests)
    calls = {source.call_id: source for source in sources.files}
    keys = {source.call_id: key for source, key in stale}
    n_done = 0
    try:
        results = first_readable(
            [source for source, _ in stale],
            lambda calls: _transcripts_of(calls, workspace, sources, reporter),
            reporter.note,
            sources.digests,
        )
        for source, result in results:
            key = keys.pop(source.call_id)
            with store.transaction():
                if isinstance(result, FailedInput):
                    call = calls[source.call_id]
                    failures += name_copies(result, call, sources.digests)
                    key = _failed_key(key, call, sources)
                    store.finish_job("transcribe", source.call_id, key, result.reason)
                    continue
                path = _relative(source.path, workspace.folder)
                tables.save_transcript(store, source, path, result)
                store.finish_job("transcribe", source.call_id, key)
                n_done += 1
    except ModelError as error:
        # Without a speech model the transcripts still count; the recordings wait for the next run.
        if not store.rows("SELECT 1 FROM calls LIMIT 1"):
            raise
        failures.append(FailedInput(f"{len(keys)} recordings", "transcribe", str(error)))
    return n_done, tuple(sorted(failures, key=lambda f: f.name))


def open_embedder(store: Store, workspace: Workspace, reporter: Reporter) -> SentenceEmbedder:
    """Return the sentence model of this machine behind the store's cache."""
    languages = sorted(
        {code for (codes,) in store.rows("SELECT languages FROM calls") for code in codes}
    )
    corpus = [text for (text,) in store.rows("SELECT text FROM turns ORDER BY call_id, turn")]
    embedder = load_embedder(languages or ["en"], corpus=corpus)
    if embedder.notice:
        reporter.note(embedder.notice)
    return CachedEmbedder(embedder, StoredEmbeddings(store, embedder.name))


def extract_new(
    store: Store,
    workspace: Workspace,
    sources: Sources,
    embedder: SentenceEmbedder,
    reporter: Reporter,
) -> int:
    """Read signals and stakeholders out of every call whose text or taxonomy is new."""
    from icp_voice.extract.extractor import buyer_lines, load_extractor

    extractor = load_extractor(workspace.config.extract, embedder=embedder)
    done = store.jobs("extract")
    wanted = {
        call_id: stable_hash(extractor.key, transcribed, sources.participants.get(call_id))
        for call_id, (transcribed, status, _) in store.jobs("transcribe").items()
        if status == "done"
    }
    stale = sorted(c for c, key in wanted.items() if done.get(c, ("",))[0] != key)
    # Reading a transcript has put its own attendees and those of calls.csv together.
    texts = {source.call_id for source in sources.files if source.kind == "transcript"}
    written = {c: people for c, people in sources.participants.items() if c not in texts}
    if stale:
        reporter.stage("Extracting signals", len(stale))
    for first in range(0, len(stale), EXTRACT_BATCH):
        batch = tables.load_transcripts(store, stale[first : first + EXTRACT_BATCH])
        with store.transaction():
            for transcript in batch:
                people = written.get(transcript.call_id, transcript.participants)
                call = replace(transcript, participants=people)
                tables.save_extraction(store, extractor.extract(call), buyer_lines(call))
                store.finish_job("extract", call.call_id, wanted[call.call_id])
        reporter.advance(min(first + EXTRACT_BATCH, len(stale)))
    return len(stale)


def group_themes(
    store: Store, workspace: Workspace, embedder: SentenceEmbedder, reporter: Reporter
) -> tuple[Theme, ...]:
    """Group what the buyers said; ids of themes that live on are kept."""
    from icp_voice.themes.clustering import find_themes

    lines = tables.load_buyer_lines(store)
    reporter.stage("Grouping themes", 0)
    previous = tables.load_themes(store)
    themes = find_themes(lines, embedder, workspace.config.themes, previous=previous)
    with store.transaction():
        tables.save_themes(store, themes)
    return tables.load_themes(store)


def measure(
    store: Store,
    workspace: Workspace,
    crm: CrmFiles,
    themes: tuple[Theme, ...],
    failures: tuple[FailedInput, ...],
    embedder: SentenceEmbedder,
    reporter: Reporter,
) -> Analysis:
    """Join calls to deals, measure every trait, propose criteria and score the deals."""
    from icp_voice.evidence.measure import measure as measure_traits
    from icp_voice.icp.criteria import propose
    from icp_voice.icp.scorecard import score_deals

    config = workspace.config
    reporter.stage("Measuring", 0)
    deals = tables.load_deals(store)
    table = _trait_table(store, workspace, deals)
    measurement = measure_traits(table, deals, config.evidence)
    quotes = views.load_trait_quotes(store, per_trait=QUOTES_PER_TRAIT)
    statements = _statements(workspace, themes, table.traits)
    reporter.stage("Proposing criteria", 0)
    profile = propose(
        measurement, table, deals, quotes=quotes, statements=statements, config=config.icp
    )
    scores = score_deals(profile, table, deals, quotes=quotes, config=config.icp)
    calls = views.load_call_summaries(store)
    return Analysis(
        name=workspace.name,
        synthetic=config.synthetic,
        data_until=_latest_day(deals, calls),
        deals=deals,
        calls=calls,
        measurement=measurement,
        profile=profile,
        scores=scores,
        themes=themes,
        deal_signals=views.load_deal_signals(store),
        statements=statements,
        quotes=quotes,
        unmatched=match_tables.load_unmatched(store),
        failures=failures,
        rejected_rows=crm.rejected,
        sentence_model=embedder.name,
    )


def state_of_calls(store: Store) -> list[tuple[object, ...]]:
    """Return what every result rests on: the finished jobs and the calls' deals, in order."""
    return [
        *store.rows(
            "SELECT stage, input_key, parameters_hash, status FROM jobs "
            "WHERE stage IN ('transcribe', 'extract') ORDER BY ALL"
        ),
        *store.rows("SELECT * EXCLUDE (path) FROM call_deals ORDER BY ALL"),
    ]


def save_analysis(store: Store, fingerprint: str, analysis: Analysis) -> None:
    """Keep the results as tables and as one document, in place of the ones before."""
    document = msgspec.json.encode(analysis).decode("utf-8")
    with store.transaction():
        tables.save_results(store, analysis)
        store.execute("DELETE FROM analyses")
        store.insert("analyses", ("fingerprint", "analysis"), [(fingerprint, document)])


def load_analysis(store: Store, fingerprint: str) -> Analysis | None:
    """Return the kept analysis if it rests on exactly this, else None."""
    found = store.rows("SELECT analysis FROM analyses WHERE fingerprint = ?", [fingerprint])
    return msgspec.json.decode(found[0][0], type=Analysis) if found else None


def write_outputs(
    workspace: Workspace, analysis: Analysis, reporter: Reporter, *, anew: bool
) -> tuple[Path, tuple[Path, ...]]:
    """Write the report and the exports; with `anew` False only what is missing.

    Raises:
        ExportError: a file can't be written.
    """
    from icp_voice.export.exports import EXPORT_NAMES, write_exports
    from icp_voice.report.report import write_report

    exports = tuple(workspace.exports_path / name for name in EXPORT_NAMES)
    if anew or not workspace.report_path.is_file():
        reporter.stage("Writing report", 0)
        write_report(analysis, workspace.report_path)
    if anew or not all(path.is_file() for path in exports):
        reporter.stage("Writing exports", 0)
        exports = write_exports(analysis, workspace.exports_path)
    return workspace.report_path, exports


def _transcribe_key(
    workspace: Workspace, source: SourceFile, participants: Sequence[Participant], model: str
) -> str:
    """Return what a call's turns rest on besides its content."""
    ours, settings = workspace.config.ingest, workspace.config.transcribe
    if source.kind == "transcript":
        told = (ours.seller_names, ours.seller_domains, tuple(participants))
        return stable_hash("transcript", READER_VERSION, settings.languages, told)
    people = [(p.name, p.side, p.email) for p in participants]
    sides = (ours.seller_names, ours.seller_domains, people)
    # Workers, threads and the offline switch change the time it takes, not the words. `model` is
    # the identity of the weights; where their folder lies changes nothing.
    words = replace(settings, workers=0, threads=0, offline=False, model="")
    tracks = [(track.side, track.name) for track in source.tracks]
    return stable_hash("recording", READER_VERSION, words, model, sides, tracks)


def _failed_key(key: str, source: SourceFile, sources: Sources) -> str:
    """Return what a failure rests on: with another file of the call there it is tried again."""
    return stable_hash(key, sorted(sources.digests.get(path, "") for path in source.paths))


def _transcripts_of(
    stale: Sequence[SourceFile], workspace: Workspace, sources: Sources, reporter: Reporter
) -> Iterator[tuple[SourceFile, Transcript | FailedInput]]:
    """Yield every stale call's transcript or failure: text files first, then recordings."""
    texts = [source for source in stale if source.kind == "transcript"]
    if texts:
        reporter.stage("Reading transcripts", len(texts))
    for done, source in enumerate(texts, start=1):
        people = sources.participants.get(source.call_id, ())
        yield source, _read_text(source, people, workspace)
        reporter.advance(done)
    recordings = [source for source in stale if source.kind == "recording"]
    if recordings:
        from icp_voice.transcribe.models import fetch_missing
        from icp_voice.transcribe.parallel import transcribe_recordings

        config = workspace.config.transcribe
        fetch_missing(config.model, offline=config.offline, reporter=reporter)
        reporter.stage("Transcribing", len(recordings))
        yield from transcribe_recordings(
            recordings,
            config,
            participants=sources.participants,
            seller_names=workspace.config.ingest.seller_names,
            seller_domains=workspace.config.ingest.seller_domains,
            on_progress=reporter.transcribing,
        )


def _read_text(
    source: SourceFile, people: Sequence[Participant], workspace: Workspace
) -> Transcript | FailedInput:
    from icp_voice.ingest.transcripts import read_transcript

    try:
        return read_transcript(
            source.path,
            call_id=source.call_id,
            part=source.part,
            participants=people,
            config=workspace.config.ingest,
            languages=workspace.config.transcribe.languages,
        )
    except IcpVoiceError as error:
        return FailedInput(source.name, "transcribe", str(error))


def _require_both_outcomes(deals: Sequence[Deal], path: Path) -> None:
    """Say before hours of transcription that there is nothing to compare."""
    closed = [deal.outcome for deal in deals if deal.outcome != "open"]
    if len(set(closed)) == 1:
        lack = "lost" if closed[0] == "won" else "won"
        raise DealsFileError(
            f"{path.name}: all {len(closed)} closed deals are {closed[0]}; without {lack} ones "
            f"there is nothing to compare. Export {lack} deals too. Nothing was written.",
            path=path,
        )


def _no_calls(workspace: Workspace, failures: tuple[FailedInput, ...]) -> WorkspaceError:
    folders = ", ".join(str(f) for f in workspace.source_folders)
    broken = f" {failures[0].name}: {failures[0].reason}" if failures else ""
    return WorkspaceError(
        f"No calls in {folders}.{broken} Put recordings (wav, mp3, m4a, ogg, flac, mp4, webm) or "
        "transcripts (vtt, srt, json, txt, docx, tsv) there and run it again.",
        path=workspace.folder,
    )


def _trait_table(store: Store, workspace: Workspace, deals: tuple[Deal, ...]) -> "TraitTable":
    """Fold what was heard and what the CRM says into one row a deal."""
    from icp_voice.evidence.columns import attribute_table
    from icp_voice.evidence.observations import table_from_observations
    from icp_voice.evidence.traits import join_tables
    from icp_voice.ingest.deals_words import company_columns

    heard = store.columns(
        "SELECT deal_id, trait, value, known_at, call_number FROM deal_traits "
        "ORDER BY deal_id, call_number, trait"
    )
    said = table_from_observations(
        heard["deal_id"],
        heard["trait"],
        heard["value"],
        heard["known_at"],
        deals=deals,
        call_numbers=heard["call_number"],
    )
    # The segment is what is compared inside; what names one company is no property of companies.
    leave_out = (workspace.config.evidence.stratify_by, *company_columns(deals))
    recorded = attribute_table(deals, leave_out=leave_out)
    return said if recorded is None else join_tables(said, recorded)


def _statements(
    workspace: Workspace, themes: Sequence[Theme], traits: Sequence[str]
) -> dict[str, str]:
    """Return how a sales lead would say each trait."""
    from icp_voice.extract.extractor import load_extractor

    said = dict(load_extractor(workspace.config.extract).statements)
    said |= {f"theme/{t.theme_id}": f"Talks about: {t.label}" for t in themes}
    for trait in traits:
        kind, _, rest = trait.partition("/")
        if kind == "attribute":
            column, _, value = rest.partition("=")
            said[trait] = f"{column.replace('_', ' ').capitalize()}: {value}"
    return {trait: said[trait] for trait in traits if trait in said}


def _latest_day(deals: Sequence[Deal], calls: Sequence[CallSummary]) -> date | None:
    days = [day for d in deals for day in (d.created_on, d.closed_on) if day is not None]
    days += [c.called_on for c in calls if c.called_on is not None]
    return max(days, default=None)
