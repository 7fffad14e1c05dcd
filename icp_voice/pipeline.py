"""The stages from top to bottom: what is new is read, extracted, joined, measured and written.

Each step is keyed by its input's hash and its parameters' hash (table `jobs`), and each input is
committed apart: a killed run goes on where it was, a rerun with nothing new only reads.
"""

import logging
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from icp_voice import __version__, conclusions, match_steps, steps
from icp_voice.embedding import SentenceEmbedder
from icp_voice.progress import Reporter
from icp_voice.records import FailedInput, SourceKind
from icp_voice.results import Analysis
from icp_voice.store import Store, stable_hash
from icp_voice.workspace import Workspace

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Reading:
    """What a run read.

    Attributes:
        transcribed: kind -> calls whose words were new; n_extracted: calls whose signals were.
        failures: inputs that could not be used; the rest is done.
    """

    transcribed: Mapping[SourceKind, int]
    n_extracted: int
    failures: tuple[FailedInput, ...]

    @property
    def n_transcribed(self) -> int:
        """Calls of all kinds whose words were new."""
        return sum(self.transcribed.values())


@dataclass(frozen=True)
class Run(Reading):
    """What one run did.

    Attributes:
        measured: False where nothing had changed since the last run.
    """

    analysis: Analysis
    measured: bool
    report_path: Path
    export_paths: tuple[Path, ...]


def analyze(workspace: Workspace, reporter: Reporter) -> Run:
    """Bring a workspace up to date and return what is known.

    Raises:
        IcpVoiceError: the configuration, deals file, model or store can't be used.
    """
    crm = steps.read_crm(workspace)
    steps.require_calls(workspace)
    with Store(workspace.store_path) as store:
        reading, embedder = _read_new(store, workspace, crm, reporter)
        fingerprint = stable_hash(
            *(__version__, workspace.config, crm, reading.failures, embedder.name),
            conclusions.state_of_calls(store),
        )
        analysis = conclusions.load_analysis(store, fingerprint)
        measured = analysis is None
        if analysis is None:
            conclusions.choose_evidence(store, workspace)
            themes = conclusions.group_themes(store, workspace, embedder, reporter)
            analysis = conclusions.measure(
                store, workspace, crm, themes, reading.failures, embedder, reporter
            )
            conclusions.save_analysis(store, fingerprint, analysis)
        report, exports = conclusions.write_outputs(workspace, analysis, reporter, anew=measured)
    return Run(
        reading.transcribed,
        reading.n_extracted,
        reading.failures,
        analysis,
        measured,
        report,
        exports,
    )


def read_calls(workspace: Workspace, reporter: Reporter) -> Reading:
    """Transcribe and extract what is new; with deals, `analyze` has only the measuring left.

    Raises:
        IcpVoiceError: the configuration, sidecar, model or store can't be used.
    """
    sidecar = steps.read_sidecar(workspace)
    steps.require_calls(workspace)
    with Store(workspace.store_path) as store:
        return _read_new(store, workspace, sidecar, reporter)[0]


def _read_new(
    store: Store, workspace: Workspace, crm: steps.CrmFiles, reporter: Reporter
) -> tuple[Reading, SentenceEmbedder]:
    sources = steps.find_calls(store, workspace, crm, reporter)
    transcribed, failed = steps.transcribe_new(store, workspace, sources, reporter)
    match_steps.match_all(store, workspace, crm, sources)
    embedder = steps.open_embedder(store, workspace, reporter)
    n_extracted = steps.extract_new(store, workspace, sources, embedder, reporter)
    return Reading(transcribed, n_extracted, (*sources.unused, *failed)), embedder
