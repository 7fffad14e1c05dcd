"""What the tests of watching share: small calls, a clock set by hand, an audience that listens."""

from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any

from icp_voice.progress import Reporter, TranscribeProgress
from icp_voice.watch import Batch, Watcher
from icp_voice.workspace import open_workspace

SETTLE_S = 5.0
# Few permutations and no classifier: a run takes half a second.
SETTINGS = """\
[transcribe]
model = "no-such-folder/model"
languages = ["en"]
[extract]
classifier = false
[evidence]
permutations = 50
stability_pairs = 2
"""


def vtt(shops: int, lines: int = 3) -> str:
    """A call of its own for every number of shops."""
    said = [
        ("Sam Reed", "How do you plan your stock today?"),
        *[("Dana Cole", f"We have {shops} shops and all of it is in Excel.")] * lines,
    ]
    cues = [
        f"00:00:{i * 5:02d}.000 --> 00:00:{i * 5 + 4:02d}.000\n<v {name}>{text}</v>\n"
        for i, (name, text) in enumerate(said)
    ]
    return "WEBVTT\n\n" + "\n".join(cues)


def write_call(folder: Path, name: str, shops: int = 1) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / name
    path.write_text(vtt(shops), encoding="utf-8")
    return path


def write_deals(folder: Path, n: int = 4) -> Path:
    """Deals D100, D101, ..., won and lost in turn."""
    rows = [f"D{100 + i},{'lost' if i % 2 else 'won'}" for i in range(n)]
    path = folder / "deals.csv"
    path.write_text("\n".join(["deal_id,outcome", *rows]) + "\n", encoding="utf-8")
    return path


def write_settings(folder: Path, text: str = SETTINGS) -> Path:
    path = folder / "icp-voice.toml"
    path.write_text(text, encoding="utf-8")
    return path


class Listener:
    """An audience that keeps what it is told."""

    def __init__(self) -> None:
        self.batches: list[Batch] = []
        self.sentences: list[str] = []

    def batch(self, batch: Batch) -> None:
        self.batches.append(batch)

    def say(self, sentence: str) -> None:
        self.sentences.append(sentence)

    @contextmanager
    def progress(self) -> Iterator[Reporter]:
        yield self

    def stage(self, name: str, total: int) -> None:
        pass

    def advance(self, done: int) -> None:
        pass

    def transcribing(self, progress: TranscribeProgress) -> None:
        pass

    def note(self, sentence: str) -> None:
        pass


class Hand:
    """A watcher moved by hand: it looks when told, and time passes when told."""

    def __init__(self, folder: Path, **flags: Any) -> None:
        self.folder = folder
        self.heard = Listener()
        self.now_s = 1000.0
        self.n_batches = 0
        self.n_sentences = 0
        self.watcher = Watcher(
            folder,
            partial(open_workspace, folder, deals_needed=False, offline=True, **flags),
            self.heard,
            settle_s=SETTLE_S,
            poll=True,
            clock=lambda: self.now_s,
        )

    def look(self, after_s: float = 0.0) -> None:
        """Let time pass, then look once."""
        self.now_s += after_s
        self.watcher.step()

    def settle(self) -> None:
        """Look now and when everything that is there has settled."""
        self.look()
        self.look(after_s=SETTLE_S)

    def new_batches(self) -> list[Batch]:
        """Return the batches since the last question."""
        found = self.heard.batches[self.n_batches :]
        self.n_batches = len(self.heard.batches)
        return found

    def new_sentences(self) -> list[str]:
        """Return what was said since the last question."""
        found = self.heard.sentences[self.n_sentences :]
        self.n_sentences = len(self.heard.sentences)
        return found
