"""The main job on real audio: the bundled model, a few sample recordings, killed half-way."""

import shutil
import subprocess
import sys
import time
from pathlib import Path

import pytest

from icp_voice.store import STORE_NAME, Store

N_RECORDINGS = 3
ANALYZE = "import sys; from icp_voice.cli.main import main; sys.exit(main())"


def copy_part(root: Path, folder: Path) -> Path:
    """Make a workspace of the sample's CRM files, some recordings and a few transcripts."""
    sample = root / "sample_audio" / "workspace"
    for name in ("icp-voice.toml", "deals.csv", "calls.csv"):
        folder.mkdir(parents=True, exist_ok=True)
        shutil.copy(sample / name, folder / name)
    recordings = sorted((sample / "recordings").iterdir())
    smallest = sorted(recordings, key=lambda path: path.stat().st_size)[:N_RECORDINGS]
    (folder / "recordings").mkdir()
    for path in smallest:
        shutil.copy(path, folder / "recordings" / path.name)
    (folder / "transcripts").mkdir()
    for path in sorted((sample / "transcripts").rglob("*.vtt"))[:40]:
        shutil.copy(path, folder / "transcripts" / path.name)
    return folder


def command(folder: Path) -> list[str]:
    return [sys.executable, "-c", ANALYZE, "analyze", str(folder), "--offline"]


@pytest.mark.slow
def test_killed_run_goes_on_and_gives_the_same_bytes(root: Path, tmp_path: Path) -> None:
    """Killed at a bad moment, with a broken file among the good ones: the rest is done, once."""
    calm = copy_part(root, tmp_path / "calm" / "w")
    killed = copy_part(root, tmp_path / "killed" / "w")
    for folder in (calm, killed):
        (folder / "recordings" / "notes.mp3").write_text("These are notes.\n", encoding="utf-8")
    whole = subprocess.run(command(calm), capture_output=True, text=True, check=False)
    assert whole.returncode == 1, whole.stderr
    assert "Failed: notes.mp3" in whole.stderr

    with subprocess.Popen(
        command(killed), stdout=subprocess.DEVNULL, stderr=subprocess.PIPE
    ) as run:
        assert run.stderr is not None
        for line in run.stderr:
            if line.startswith(b"Transcribing"):
                break
        time.sleep(3.0)
        run.kill()
    rest = subprocess.run(command(killed), capture_output=True, text=True, check=False)
    assert rest.returncode == 1, rest.stderr
    assert "Reading transcripts" not in rest.stderr
    for name in ("deals.json", "hubspot.csv", "review.csv"):
        assert (killed / "exports" / name).read_bytes() == (calm / "exports" / name).read_bytes()
    assert (killed / "report.html").read_bytes() == (calm / "report.html").read_bytes()

    with Store(killed / STORE_NAME) as store:
        kinds = dict(store.rows("SELECT kind, count(*) FROM calls GROUP BY kind"))
        sides = dict(store.rows("SELECT side, count(*) FROM turns GROUP BY side"))
    assert kinds == {"recording": N_RECORDINGS, "transcript": 40}
    assert sides["buyer"] > 0
    assert sides["seller"] > 0
