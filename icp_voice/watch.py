"""Keep a workspace up to date: wait until what is new stands still, read it, analyse, go on.

What is done is known by the store alone, so a restart goes on where it was. Nothing ends the
watching but the user: whatever is wrong is said once and tried again, at the next change or later.
"""

import logging
import os
import time
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Protocol

from icp_voice import pipeline
from icp_voice.alarm import Alarm
from icp_voice.config import CONFIG_NAME
from icp_voice.errors import (
    ConfigError,
    DealsFileError,
    FileError,
    IcpVoiceError,
    ModelError,
    StoreInUseError,
)
from icp_voice.ingest.recordings import find_files
from icp_voice.ingest.selection import Selection
from icp_voice.progress import Reporter
from icp_voice.records import FailedInput, SourceKind
from icp_voice.settling import Settling
from icp_voice.stamps import Stamp, read_stamp
from icp_voice.steps import NO_MODEL
from icp_voice.workspace import Workspace

log = logging.getLogger(__name__)

# A look this often even where the system reports changes: it does not for what others write to a
# network share, and 35 ms for 2,000 files every 15 s are nothing.
_LOOK_S = 15.0
_POLL_S = 2.0
# A look never takes more than this share of the time, however slow the share is.
_LOOK_SHARE = 0.05
_IN_USE_S = 10.0
_RETRY_S, _RETRY_MOST_S = 60.0, 600.0


@dataclass(frozen=True)
class Batch:
    """What one run of the watcher did.

    Attributes:
        transcribed: kind -> calls that were new.
        failures: inputs that could not be used and were not named before.
        report_path: the report; None where there are no usable deals yet.
        measured: True where the results are other ones than before.
        waits_for: why there is no report; "" where there is one, or where it was said before.
    """

    transcribed: Mapping[SourceKind, int]
    failures: tuple[FailedInput, ...]
    report_path: Path | None
    measured: bool
    waits_for: str


class Audience(Protocol):
    """Who is told what the watcher does."""

    def batch(self, batch: Batch) -> None:
        """Something was done, or is known that was not."""

    def say(self, sentence: str) -> None:
        """Something is in the way, or out of it again."""

    def progress(self) -> AbstractContextManager[Reporter]:
        """Return who follows one run."""


class Watcher:
    """Watches one folder; `watch` never returns."""

    def __init__(
        self,
        folder: Path,
        open_workspace: Callable[[], Workspace],
        audience: Audience,
        *,
        settle_s: float,
        poll: bool = False,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """Prepare to watch; nothing is read yet.

        Args:
            folder: what the user named.
            open_workspace: opens it with the user's flags, without asking for deals; is called
                again and again, for settings may change.
            audience: is told what is done.
            settle_s: how long a file's size and time must stand still.
            poll: look again and again instead of waiting for the system's reports.
            clock: tells the time in seconds.
        """
        self._folder = folder
        self._open = open_workspace
        self._audience = audience
        self._clock = clock
        self._settling = Settling(settle_s)
        self._alarm = Alarm(poll=poll, settle_s=settle_s)
        self._poll_s = min(_POLL_S, settle_s)
        self._done: dict[Path, Stamp | None] = {}
        self._is_gone = False
        self._said = ""
        self._named: frozenset[tuple[str, str]] = frozenset()
        self._n_runs = 0
        self._n_troubles = 0
        self._retry_at_s: float | None = None
        self._look_took_s = 0.0

    def watch(self) -> None:
        """Look, run where something has settled, and wait; until interrupted."""
        try:
            while True:
                self.step()
                self._say_blind(self._alarm.wait(self._pause_s()))
        finally:
            self._alarm.close()

    def step(self) -> None:
        """Take one look, and run where something new has settled."""
        try:
            next(self._folder.iterdir(), None)
            self._look_and_run()
        except OSError as error:
            self._await_folder(error)

    def _look_and_run(self) -> None:
        began_s = self._clock()
        try:
            workspace = self._open()
            # The reports begin before the look, so that nothing falls between the two.
            self._say_blind(self._alarm.aim(_roots(workspace)))
            controls = _controls(workspace)
            stamps = _look(workspace, controls)
        except IcpVoiceError as error:
            self._await_settings(error)
            return
        self._note_return()
        now_s = self._clock()
        self._look_took_s = now_s - began_s
        # A look over a slow share takes a while: what is new was seen by its end at the latest,
        # and what has not changed had not by its beginning.
        self._settling.observe(stamps, now_s)
        settled = self._settling.settled(began_s)
        if not controls <= settled.keys() or not self._is_due(settled, now_s):
            return
        self._done |= settled
        calls = {p: s for p, s in settled.items() if s is not None and p not in controls}
        if not calls and not workspace.store_path.exists():
            self._say(f"No calls in {self._folder} yet: waiting for recordings or transcripts.")
            return
        self._run(replace(workspace, settled=calls))

    def _await_folder(self, error: OSError) -> None:
        """Say once that the folder can't be looked at, such as a share that is not mounted."""
        self._alarm.close()
        if not self._is_gone:
            self._is_gone = True
            reason = error.strerror or error
            self._audience.say(f"{self._folder}: {reason}. Waiting for it to come back.")

    def _note_return(self) -> None:
        if self._is_gone:
            self._is_gone = False
            self._audience.say(f"{self._folder} is back.")

    def _await_settings(self, error: IcpVoiceError) -> None:
        """Say what is wrong with the settings once they are no longer being written."""
        self._say_blind(self._alarm.aim((self._folder,)))
        config = self._folder / CONFIG_NAME
        self._settling.observe({config: _stamp(config)}, self._clock())
        if self._settling.next_s(self._clock()) is None:
            self._say(f"{error} Waiting for it to change.")

    def _is_due(self, settled: Mapping[Path, Stamp | None], now_s: float) -> bool:
        """Tell whether a file has settled as no run has seen it, or it is time to try again."""
        if self._retry_at_s is not None and now_s >= self._retry_at_s:
            return True
        return any(
            path not in self._done or self._done[path] != stamp for path, stamp in settled.items()
        )

    def _run(self, workspace: Workspace) -> None:
        self._retry_at_s = None
        began_s = self._clock()
        log.info("batch: files=%d", len(workspace.settled or ()))
        try:
            with self._audience.progress() as reporter:
                batch, is_waiting = self._bring_up_to_date(workspace, reporter)
        except IcpVoiceError as error:
            self._put_off(error, str(error))
        except Exception as error:  # whatever it is, the next call may be read again
            log.info("batch failed", exc_info=True)
            reason = error.strerror if isinstance(error, OSError) else None
            where = f" ({error.filename})" if isinstance(error, OSError) and error.filename else ""
            self._put_off(error, f"{type(error).__name__}: {reason or error}{where}.")
        else:
            self._n_troubles = 0
            self._n_runs += 1
            self._retry_at_s = self._clock() + _RETRY_MOST_S if is_waiting else None
            news = (sum(batch.transcribed.values()), batch.measured, batch.failures)
            if any(news) or batch.waits_for or self._n_runs == 1:
                self._audience.batch(batch)
            log.info("batch done: seconds=%.1f", self._clock() - began_s)

    def _bring_up_to_date(self, workspace: Workspace, reporter: Reporter) -> tuple[Batch, bool]:
        """Read what is new and analyse it; without usable deals only read.

        Returns:
            What was done, and whether recordings wait for a speech model.
        """
        waits_for, report_path, measured = "", None, False
        reading: pipeline.Reading
        try:
            run = pipeline.analyze(workspace, reporter)
            reading, report_path, measured = run, run.report_path, run.measured
        except FileError as error:
            if error.path != workspace.deals_path:
                raise
            # Hours of transcription need not wait for an export out of the CRM.
            waits_for = str(error)
            reading = pipeline.read_calls(workspace, reporter)
        new = tuple(f for f in reading.failures if _naming(f) not in self._named)
        self._named = frozenset(map(_naming, reading.failures))
        is_new = waits_for != self._said
        self._said = waits_for
        batch = Batch(
            *(reading.transcribed, new, report_path, measured), waits_for if is_new else ""
        )
        return batch, any(failure.stage == NO_MODEL for failure in reading.failures)

    def _put_off(self, error: Exception, sentence: str) -> None:
        """Say what went wrong, once, and set the time of the next try."""
        wait_s: float | None
        if isinstance(error, StoreInUseError):
            wait_s = _IN_USE_S
        elif isinstance(error, ModelError):
            wait_s = _RETRY_MOST_S
        elif isinstance(error, ConfigError | DealsFileError):
            wait_s = None  # nothing but a change mends it
        else:
            wait_s = min(_RETRY_S * 2**self._n_troubles, _RETRY_MOST_S)
            self._n_troubles += 1
        self._retry_at_s = None if wait_s is None else self._clock() + wait_s
        again = "at the next change" if wait_s is None else f"at a change or in {_span(wait_s)}"
        self._say(sentence, f" Trying again {again}.")

    def _say(self, sentence: str, more: str = "") -> None:
        if sentence != self._said:
            self._said = sentence
            self._audience.say(sentence + more)

    def _say_blind(self, reason: str | None) -> None:
        if reason is not None:
            self._audience.say(
                f"The system can't report changes ({reason}); looking again and again instead."
            )

    def _pause_s(self) -> float:
        """Return how long to wait for a report of a change before the next look."""
        now_s = self._clock()
        look_s = _LOOK_S if self._alarm.is_reporting else self._poll_s
        waits = [max(look_s, self._look_took_s / _LOOK_SHARE), self._settling.next_s(now_s)]
        if self._retry_at_s is not None:
            waits.append(self._retry_at_s - now_s)
        return max(0.01, min(wait for wait in waits if wait is not None))


def _roots(workspace: Workspace) -> tuple[Path, ...]:
    """Return the folders to watch with all below them; the deals file may lie anywhere else."""
    others = [
        folder
        for folder in workspace.source_folders
        if not folder.is_relative_to(workspace.root) and folder.is_dir()
    ]
    return (workspace.root, *others)


def _controls(workspace: Workspace) -> frozenset[Path]:
    """Return the files that say how calls are read; a run never begins while one is written."""
    # os.path: unlike pathlib's it leaves a ~ that means nobody as it is.
    model = Path(os.path.expanduser(workspace.config.transcribe.model))  # noqa: PTH111
    return frozenset(
        {workspace.config_path, workspace.deals_path, workspace.calls_path, model / "model.bin"}
    )


def _look(workspace: Workspace, controls: frozenset[Path]) -> dict[Path, Stamp | None]:
    """Return how the files look that may be calls, and those that say how calls are read."""
    stamps = {path: _stamp(path) for path in controls}
    selection = Selection(workspace.config.ingest, root=workspace.root)
    for path, _ in find_files(
        workspace.source_folders, ignore=workspace.no_calls, selection=selection
    ):
        if (stamp := _stamp(path)) is not None:
            stamps[path] = stamp
    return stamps


def _stamp(path: Path) -> Stamp | None:
    try:
        return read_stamp(path)
    except OSError:
        return None


def _naming(failure: FailedInput) -> tuple[str, str]:
    """Return what must be new for a failure to be named; how many recordings wait changes often."""
    return ("" if failure.stage == NO_MODEL else failure.name, failure.reason)


def _span(seconds: float) -> str:
    return f"{seconds / 60:.0f} min" if seconds >= 60 else f"{seconds:.0f} s"
