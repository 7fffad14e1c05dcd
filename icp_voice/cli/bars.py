"""Progress bars on standard error."""

from types import TracebackType
from typing import Self

from rich.console import Console
from rich.progress import (
    BarColumn,
    Progress,
    TaskID,
    TextColumn,
    TimeElapsedColumn,
)

from icp_voice.progress import TranscribeProgress


class Bars:
    """A `Reporter` that draws one bar a stage; plain lines where there is no terminal."""

    def __init__(self, console: Console | None = None, *, transient: bool = False) -> None:
        """Draw on `console`, else on standard error; `transient` bars go away at the end."""
        self._console = console or Console(stderr=True)
        self._progress = Progress(
            TextColumn("{task.description:<22}"),
            BarColumn(bar_width=24),
            TextColumn("{task.fields[detail]}"),
            TimeElapsedColumn(),
            console=self._console,
            disable=not self._console.is_terminal,
            transient=transient,
        )
        self._task: TaskID | None = None
        self._total = 0
        self._last_line_s = 0.0

    def __enter__(self) -> Self:
        """Begin to draw."""
        self._progress.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        """Leave the bars as they stand."""
        self._progress.stop()

    def stage(self, name: str, total: int) -> None:
        """Begin a new bar; the one before is done."""
        self._finish()
        if not self._console.is_terminal:
            self._console.print(f"{name} ..." if total == 0 else f"{name}: {total} ...")
        self._total = total
        self._task = self._progress.add_task(name, total=total or None, detail="")

    def advance(self, done: int) -> None:
        """Move the current bar."""
        if self._task is not None:
            detail = f"{done}/{self._total}" if self._total else str(done)
            self._progress.update(self._task, completed=done, detail=detail)

    def transcribing(self, progress: TranscribeProgress) -> None:
        """Show files, audio minutes, speed as times real time, and the time left."""
        if self._task is None:
            return
        detail = describe(progress)
        # The bar runs over seconds of audio, so that the time left is right for long files too.
        self._progress.update(
            self._task,
            total=max(progress.audio_total_s, 0.001),
            completed=progress.audio_done_s,
            detail=detail,
        )
        if not self._console.is_terminal and progress.elapsed_s - self._last_line_s >= 10.0:
            self._last_line_s = progress.elapsed_s
            self._console.print(f"  {detail}")

    def note(self, sentence: str) -> None:
        """Print a sentence above the bars."""
        self._console.print(f"Note: {sentence}", markup=False, highlight=False)

    def _finish(self) -> None:
        if self._task is None:
            return
        task = next(t for t in self._progress.tasks if t.id == self._task)
        total = task.total if task.total is not None else max(task.completed, 1)
        self._progress.update(self._task, total=total, completed=total)
        self._task = None


def describe(progress: TranscribeProgress) -> str:
    """Return `3/26 files, 4.1 of 26.0 min, 31 x real time, 0:42 left`."""
    text = (
        f"{progress.files_done}/{progress.files_total} files, "
        f"{progress.audio_done_s / 60:.1f} of {progress.audio_total_s / 60:.1f} min"
    )
    if progress.elapsed_s <= 0 or progress.audio_done_s <= 0:
        return text
    speed = progress.audio_done_s / progress.elapsed_s
    left_s = round(max(progress.audio_total_s - progress.audio_done_s, 0.0) / speed)
    return f"{text}, {speed:.0f} x real time, {left_s // 60}:{left_s % 60:02d} left"
