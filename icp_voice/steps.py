"""One function a step of the pipeline, from files to signals: find what is stale, do it, keep it.

Stages know nothing of the store or of each other; here their records meet its tables. The steps
from signals to the report stand in `conclusions.py`.
"""

import logging
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from icp_voice import tables
from icp_voice.call_files import first_readable, name_copies
from icp_voice.embedding import CachedEmbedder, SentenceEmbedder, load_embedder
from icp_voice.errors import DealsFileError, IcpVoiceError, ModelError, WorkspaceError
from icp_voice.progress import Reporter
from icp_voice.records import (
    CallEntry,
    Deal,
    FailedInput,
    Participant,
    RejectedRow,
    SourceFile,
    SourceKind,
    Transcript,
)
from icp_voice.seen_files import SeenFiles
from icp_voice.store import Store, stable_hash
from icp_voice.tables import StoredEmbeddings
from icp_voice.workspace import Workspace, require_deals
from icp_voice.workspace import relative_path as _relative

log = logging.getLogger(__name__)

# Raise it when readers or turn-making change what they make of the same file.
READER_VERSION = 3
EXTRACT_BATCH = 50
# The stage of recordings that wait for a speech model.
NO_MODEL = "model"


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
        digests: sha256 of every file that was found, by its resolved path.
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
        FileError: a file is missing or can't be used; nothing was written.
    """
    from icp_voice.ingest.deals import read_deals

    require_deals(workspace.deals_path)
    deals = read_deals(workspace.deals_path, workspace.config.ingest)
    _require_both_outcomes(deals.deals, workspace.deals_path)
    return replace(
        read_sidecar(workspace), deals=deals.deals, rejected=deals.rejected, notes=deals.notes
    )


def read_sidecar(workspace: Workspace) -> CrmFiles:
    """Read what is known of the calls themselves; the deals are left empty.

    Raises:
        DealsFileError: the file can't be used; nothing was written.
    """
    from icp_voice.ingest.calls import read_calls

    if not workspace.calls_path.is_file():
        return CrmFiles((), (), (), ())
    return CrmFiles((), read_calls(workspace.calls_path, workspace.config.ingest), (), ())


def require_calls(workspace: Workspace) -> None:
    """Refuse a first run on a folder without calls before anything is written there.

    Raises:
        WorkspaceError: there is neither a store nor a file that may be a call.
    """
    from icp_voice.ingest.recordings import find_files, holds_call
    from icp_voice.ingest.selection import Selection

    if workspace.store_path.exists():
        return
    files = find_files(
        workspace.source_folders,
        ignore=workspace.no_calls,
        selection=Selection(workspace.config.ingest, root=workspace.root),
    )
    if not any(holds_call(path) for path, _ in files):
        raise _no_calls(workspace, ())


def find_calls(store: Store, workspace: Workspace, crm: CrmFiles, reporter: Reporter) -> Sources:
    """Scan the folders, read what stands beside the calls, and bring files and deals up to date."""
    from icp_voice.ingest.calls import find_entries
    from icp_voice.ingest.grouping import group_files
    from icp_voice.ingest.recordings import left_out_note, scan_sources
    from icp_voice.ingest.selection import Selection
    from icp_voice.ingest.sidecars import read_sidecars

    reporter.stage("Finding calls", 0)
    seen = SeenFiles(store, workspace.folder)
    scan = scan_sources(
        workspace.source_folders,
        ignore=workspace.no_calls,
        known=seen.known,
        selection=Selection(workspace.config.ingest, root=workspace.root),
        settled=workspace.settled,
    )
    if not scan.sources and not store.rows("SELECT 1 FROM calls LIMIT 1"):
        raise _no_calls(workspace, scan.failures)
    seen.look_at(scan.hashes)
    by_file = find_entries(scan.sources, crm.entries)
    calls = group_files(
        *(scan.sources, workspace.source_folders, workspace.config.ingest),
        duration_of=seen.duration_of,
        deals={call_id: entry.deal_id for call_id, entry in by_file.items()},
    )
    with store.transaction():
        seen.save(calls.sources, scan.left_out)
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
        digests={path: sha256 for path, (_, _, sha256) in scan.hashes.items()},
    )


def transcribe_new(
    store: Store,
    workspace: Workspace,
    sources: Sources,
    reporter: Reporter,
) -> tuple[Counter[SourceKind], tuple[FailedInput, ...]]:
    """Turn every call that is new into speaker turns; each is committed by itself.

    Returns:
        How many calls of each kind were new, and all inputs known to be unusable, by name.

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
    n_done: Counter[SourceKind] = Counter()
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
                n_done[source.kind] += 1
    except ModelError as error:
        # Without a speech model the transcripts still count; the recordings wait for the next run.
        if not store.rows("SELECT 1 FROM calls LIMIT 1"):
            raise
        failures.append(FailedInput(f"{len(keys)} recordings", NO_MODEL, str(error)))
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
    return stable_hash(key, sorted(sources.digests.get(p.resolve(), "") for p in source.paths))


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
