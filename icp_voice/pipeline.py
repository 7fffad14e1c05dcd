"""The stages from top to bottom: what is new is read, extracted, joined, measured and written.

Each step is keyed by its input's hash and its parameters' hash (table `jobs`), and each input is
committed apart: a killed run goes on where it was, a rerun with nothing new only reads.
"""

import logging
from dataclasses import dataclass
from pathlib import Path

from icp_voice import __version__, match_steps, steps
from icp_voice.progress import Reporter
from icp_voice.records import FailedInput
from icp_voice.results import Analysis
from icp_voice.store import Store, stable_hash
from icp_voice.workspace import Workspace

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Run:
    """What one run did.

    Attributes:
        n_transcribed, n_extracted: calls that were new.
        measured: False where nothing had changed since the last run.
        failures: inputs that could not be used; the rest is done.
    """

    analysis: Analysis
    n_transcribed: int
    n_extracted: int
    measured: bool
    failures: tuple[FailedInput, ...]
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
        sources = steps.find_calls(store, workspace, crm, reporter)
        n_transcribed, failed = steps.transcribe_new(store, workspace, sources, reporter)
        failures = (*sources.unused, *failed)
        match_steps.match_all(store, workspace, crm, sources)
        embedder = steps.open_embedder(store, workspace, reporter)
        n_extracted = steps.extract_new(store, workspace, sources, embedder, reporter)
        fingerprint = stable_hash(
            *(__version__, workspace.config, crm, failures, embedder.name),
            steps.state_of_calls(store),
        )
        analysis = steps.load_analysis(store, fingerprint)
        measured = analysis is None
        if analysis is None:
            themes = steps.group_themes(store, workspace, embedder, reporter)
            analysis = steps.measure(store, workspace, crm, themes, failures, embedder, reporter)
            steps.save_analysis(store, fingerprint, analysis)
        report, exports = steps.write_outputs(workspace, analysis, reporter, anew=measured)
    return Run(analysis, n_transcribed, n_extracted, measured, failures, report, exports)
