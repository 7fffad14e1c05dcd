"""`icp-voice watch` as a user runs it: a process, real files, signals."""

import os
import queue
import shutil
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from icp_voice.cli.watch import describe
from icp_voice.config import STORE_NAME
from icp_voice.records import FailedInput
from icp_voice.store import Store
from icp_voice.watch import Batch
from tests.watching import SETTINGS, write_call, write_deals, write_settings

RUN = "import sys; from icp_voice.cli.main import main; sys.exit(main())"
PATIENCE_S = 240.0
posix_only = pytest.mark.skipif(os.name != "posix", reason="Windows can't be sent these signals")


class Process:
    """A running `icp-voice watch` whose standard error is read as it comes."""

    def __init__(self, folder: Path, *flags: str, logs: bool = False) -> None:
        verbose = ["-v"] if logs else []
        self.process = subprocess.Popen(
            [sys.executable, "-c", RUN, *verbose, "watch", str(folder), "--settle", "0.2", *flags],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            text=True,
            encoding="utf-8",
        )
        self.lines: list[str] = []
        self._queue: queue.SimpleQueue[str | None] = queue.SimpleQueue()
        threading.Thread(target=self._read, daemon=True).start()

    def _read(self) -> None:
        assert self.process.stderr is not None
        for line in self.process.stderr:
            self._queue.put(line)
        self._queue.put(None)

    def wait_for(self, words: str) -> str:
        """Return the next line with these words."""
        end_s = time.monotonic() + PATIENCE_S
        while True:
            line = self._queue.get(timeout=max(0.1, end_s - time.monotonic()))
            assert line is not None, "\n".join(self.lines)
            self.lines.append(line)
            if words in line:
                return line

    def end(self, number: int) -> tuple[int, str]:
        """Send a signal; return the exit code and the rest of what is said."""
        self.process.send_signal(number)
        code = self.process.wait(timeout=PATIENCE_S)
        rest = []
        while (line := self._queue.get(timeout=PATIENCE_S)) is not None:
            rest.append(line)
        return code, "".join(rest)


@pytest.fixture
def start() -> Iterator[Callable[..., Process]]:
    """Start watchers; those still running at the end are killed."""
    started: list[Process] = []

    def start_one(folder: Path, *flags: str, logs: bool = False) -> Process:
        started.append(Process(folder, "--offline", *flags, logs=logs))
        return started[-1]

    yield start_one
    for each in started:
        each.process.kill()
        each.process.wait()
        assert each.process.stderr is not None
        each.process.stderr.close()


@pytest.mark.slow
@posix_only
def test_calls_that_come_one_by_one_end_up_in_the_report(
    start: Callable[..., Process], tmp_path: Path
) -> None:
    """From an empty folder to a report, with the system's reports of changes; Ctrl-C ends it."""
    write_settings(tmp_path)
    watcher = start(tmp_path)
    watcher.wait_for("No calls in")
    write_call(tmp_path, "D100.vtt", 1)
    assert "1 new call (1 transcript). No deals file" in watcher.wait_for("new call")
    write_call(tmp_path / "later", "D101.vtt", 2)
    watcher.wait_for("1 new call (1 transcript)")
    write_deals(tmp_path)
    assert str(tmp_path / "report.html") in watcher.wait_for("report:")
    assert (tmp_path / "report.html").is_file()
    code, said = watcher.end(signal.SIGINT)
    assert code == 130
    assert said.endswith("Stopped watching. What was finished is kept; start it again to go on.\n")
    assert "Traceback" not in said


@pytest.mark.slow
@posix_only
def test_killed_at_a_bad_moment_it_goes_on_after_a_restart(
    start: Callable[..., Process], root: Path, tmp_path: Path
) -> None:
    """SIGKILL in the middle of a recording loses that recording's work and nothing else."""
    recordings = sorted((root / "sample_audio" / "workspace" / "recordings").iterdir())
    smallest = min(recordings, key=lambda path: path.stat().st_size)
    shutil.copy(smallest, tmp_path / f"D100{smallest.suffix}")
    for number in range(3):
        write_call(tmp_path, f"D10{number + 1}.vtt", number)
    write_settings(tmp_path, SETTINGS.replace("no-such-folder/model", "demo-en"))
    write_deals(tmp_path)
    killed = start(tmp_path, "--poll", logs=True)
    killed.wait_for("Processing audio")
    killed.end(signal.SIGKILL)
    with Store(tmp_path / STORE_NAME) as store:
        assert store.rows("SELECT kind, count(*) FROM calls GROUP BY kind") == [("transcript", 3)]
    restarted = start(tmp_path, "--poll")
    assert "1 new call (1 recording); report:" in restarted.wait_for("new call")
    code, said = restarted.end(signal.SIGTERM)
    assert code == 0
    assert "Stopped watching" in said
    with Store(tmp_path / STORE_NAME) as store:
        assert store.rows("SELECT count(*) FROM calls") == [(4,)]


def test_a_missing_folder_is_refused_at_the_start(tmp_path: Path) -> None:
    """A mistyped folder would be waited for in vain."""
    from click.testing import CliRunner

    from icp_voice.cli.main import cli
    from icp_voice.errors import WorkspaceError

    result = CliRunner().invoke(cli, ["watch", str(tmp_path / "nowhere")])
    assert isinstance(result.exception, WorkspaceError)
    assert "There is no folder" in str(result.exception)


@pytest.mark.parametrize(
    ("batch", "line"),
    [
        (
            Batch(
                {"recording": 2, "transcript": 1},
                (FailedInput("x.mp3", "transcribe", "broken"),),
                Path("r.html"),
                True,
                "",
            ),
            "3 new calls (2 recordings, 1 transcript), 1 failed; report: r.html",
        ),
        (
            Batch({"transcript": 1}, (), None, False, "No deals file."),
            "1 new call (1 transcript). No deals file.",
        ),
        (
            Batch({}, (), Path("r.html"), True, ""),
            "No new calls, results brought up to date; report: r.html",
        ),
        (Batch({}, (), Path("r.html"), False, ""), "No new calls; report: r.html"),
    ],
)
def test_a_batch_is_one_line(batch: Batch, line: str) -> None:
    """Counts by kind, what failed, where the report is, and what is waited for."""
    assert describe(batch) == line
