"""`icp-voice watch`: analyse a folder again whenever something in it has changed.

One line a batch on standard error, fit for a journal; bars only on a terminal.
"""

import logging
import os
import signal
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from datetime import datetime
from functools import partial
from pathlib import Path
from types import FrameType
from typing import TYPE_CHECKING

import click

from icp_voice.cli.analyze import FILE, FOLDER, workspace_options

if TYPE_CHECKING:
    from icp_voice.cli.bars import Bars
    from icp_voice.progress import Reporter, TranscribeProgress
    from icp_voice.watch import Batch

# What is being transcribed ends at its next segment; who asked to end does not wait for that.
_END_S = 2.0


@click.command()
@click.argument("folder", type=FOLDER)
@click.option("--deals", type=FILE, help="Deals with outcomes; may come later (CSV).")
@workspace_options
@click.option("--poll", is_flag=True, help="Look every 2 seconds; for network shares.")
@click.option(
    "--settle",
    "settle_s",
    type=click.FloatRange(min=0.1),
    default=5.0,
    show_default=True,
    metavar="SECONDS",
    help="How long a file must stand still before it is read.",
)
def watch(
    folder: Path,
    deals: Path | None,
    calls: Path | None,
    results: Path | None,
    model: str | None,
    languages: tuple[str, ...],
    offline: bool,
    poll: bool,
    settle_s: float,
) -> int:
    """Keep FOLDER analysed: read what is new once it stands still, as long as this runs.

    Files that are still being copied or recorded are waited for. Changes of deals.csv, calls.csv
    and icp-voice.toml count too. Ctrl-C ends it; a restart goes on where it was.
    """
    from icp_voice.watch import Watcher
    from icp_voice.workspace import open_workspace, require_folder

    require_folder(folder)
    open_it = partial(
        open_workspace,
        folder,
        deals=deals,
        calls=calls,
        results=results,
        model=model,
        languages=languages,
        offline=offline,
        deals_needed=False,
    )
    logging.getLogger("watchfiles").setLevel(logging.WARNING)  # it counts every report
    lines = _Lines()
    watcher = Watcher(folder, open_it, lines, settle_s=settle_s, poll=poll)
    with _ends_at_once():
        lines.say(f"Watching {folder}. Ctrl-C ends it.")
        watcher.watch()
    return 0


class _Lines:
    """The watcher's audience: one line a batch, with the time, on standard error."""

    def __init__(self) -> None:
        self._noted: set[str] = set()

    def batch(self, batch: "Batch") -> None:
        """Print what a batch did, and below it what could not be used."""
        self.say(describe(batch))
        for failure in batch.failures:
            click.echo(f"      {failure.name}: {failure.reason}", err=True)

    def say(self, sentence: str) -> None:
        """Print a sentence with the time."""
        click.echo(f"{datetime.now():%H:%M} {sentence}", err=True)

    @contextmanager
    def progress(self) -> Iterator["Reporter"]:
        """Draw bars on a terminal; elsewhere be silent."""
        from icp_voice.cli.bars import Bars

        bars = Bars(transient=True) if sys.stderr.isatty() else None
        with bars or nullcontext():
            yield _Progress(bars, self)

    def note_once(self, sentence: str) -> None:
        """Print what holds for every batch only the first time."""
        if sentence not in self._noted:
            self._noted.add(sentence)
            self.say(f"Note: {sentence}")


class _Progress:
    """Follows one run; every note is made once, not once a batch."""

    def __init__(self, bars: "Bars | None", lines: _Lines) -> None:
        self._bars = bars
        self._lines = lines

    def stage(self, name: str, total: int) -> None:
        if self._bars:
            self._bars.stage(name, total)

    def advance(self, done: int) -> None:
        if self._bars:
            self._bars.advance(done)

    def transcribing(self, progress: "TranscribeProgress") -> None:
        if self._bars:
            self._bars.transcribing(progress)

    def note(self, sentence: str) -> None:
        self._lines.note_once(sentence)


def describe(batch: "Batch") -> str:
    """Return `3 new calls (2 recordings, 1 transcript), 1 failed; report: FOLDER/report.html`."""
    kinds = [
        _count(batch.transcribed.get(kind, 0), kind)
        for kind in ("recording", "transcript")
        if batch.transcribed.get(kind, 0)
    ]
    n_new = sum(batch.transcribed.values())
    if n_new:
        text = f"{_count(n_new, 'new call')} ({', '.join(kinds)})"
    else:
        text = "No new calls, results brought up to date" if batch.measured else "No new calls"
    if batch.failures:
        text += f", {len(batch.failures)} failed"
    if batch.report_path is not None:
        text += f"; report: {batch.report_path}"
    return f"{text}. {batch.waits_for}" if batch.waits_for else text


def _count(n: int, word: str) -> str:
    return f"{n:,} {word}{'' if n == 1 else 's'}"


@contextmanager
def _ends_at_once() -> Iterator[None]:
    """End on Ctrl-C (130, as everywhere) or SIGTERM (0, as services are stopped) without delay.

    What is finished is committed, so after a short time the process may end wherever it is.
    """
    code = 130

    def leave() -> None:
        if sys.stderr.isatty():
            click.echo("\x1b[?25h", err=True, nl=False)  # the bars have hidden the cursor
        os._exit(code)

    timer = threading.Timer(_END_S, leave)
    timer.daemon = True

    def stop(number: int, frame: FrameType | None) -> None:
        nonlocal code
        code = 130 if number == signal.SIGINT else 0
        for each in before:
            signal.signal(each, signal.SIG_DFL)  # a second one ends it there and then
        click.echo(
            f"{datetime.now():%H:%M} Stopped watching. What was finished is kept; start it again "
            "to go on.",
            err=True,
        )
        timer.start()
        raise KeyboardInterrupt

    before = {each: signal.getsignal(each) for each in (signal.SIGINT, signal.SIGTERM)}
    for each in before:
        signal.signal(each, stop)
    try:
        yield
    except KeyboardInterrupt:
        sys.stderr.flush()
        raise SystemExit(code) from None
    finally:
        timer.cancel()
        for each, handler in before.items():
            signal.signal(each, handler)
