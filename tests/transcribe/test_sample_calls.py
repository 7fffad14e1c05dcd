"""Sample calls through the whole stage, with the bundled model."""

import json
from pathlib import Path
from typing import Any

import pytest

from icp_voice.config import IngestConfig, TranscribeConfig
from icp_voice.ingest.calls import find_entries, read_calls
from icp_voice.ingest.recordings import scan_sources
from icp_voice.records import Transcript
from icp_voice.transcribe.parallel import transcribe_recordings

Reference = dict[str, Any]


@pytest.fixture(scope="module", name="heard")
def _heard(tmp_path_factory: pytest.TempPathFactory) -> list[tuple[Transcript, Reference]]:
    """One call of each kind, the first of the reference, with its attendees."""
    samples = Path(__file__).resolve().parents[2] / "sample_audio"
    lines = (samples / "reference" / "recordings.jsonl").read_text(encoding="utf-8").splitlines()
    references = [json.loads(line) for line in lines]
    chosen = {r["channels"]: r for r in reversed(references)}
    folder = tmp_path_factory.mktemp("calls")
    for reference in chosen.values():
        path = samples / "workspace" / reference["file"]
        (folder / path.name).write_bytes(path.read_bytes())
    sources = scan_sources([folder]).sources
    entries = read_calls(samples / "workspace" / "calls.csv", IngestConfig())
    by_name = [
        type(entry)(Path(entry.file).name, entry.deal_id, entry.called_on, entry.participants)
        for entry in entries
    ]
    people = {c: e.participants for c, e in find_entries(sources, by_name).items()}
    config = TranscribeConfig(model="demo-en", languages=("en",))
    results = dict(transcribe_recordings(sources, config, participants=people))
    return [
        (result, next(r for r in chosen.values() if r["file"].endswith(source.path.name)))
        for source, result in results.items()
        if isinstance(result, Transcript)
    ]


def share_on_the_right_side(transcript: Transcript, reference: Reference) -> float:
    """Return the share of words whose turn has the side of the line said at that time."""
    right = total = 0
    for turn in transcript.turns:
        words = turn.text.split()
        for i in range(len(words)):
            at_s = turn.start_s + (turn.end_s - turn.start_s) * (i + 0.5) / len(words)
            line = min(
                reference["lines"],
                key=lambda said: max(said["start_s"] - at_s, at_s - said["end_s"], 0.0),
            )
            right += turn.side == line["side"]
            total += 1
    return right / max(1, total)


@pytest.mark.slow
def test_words_stand_on_the_right_side(heard: list[tuple[Transcript, Reference]]) -> None:
    """Mono or two channels, nine words in ten are the buyer's or seller's who said them."""
    assert sorted(transcript.channels for transcript, _ in heard) == [1, 2]
    for transcript, reference in heard:
        assert share_on_the_right_side(transcript, reference) >= 0.9
        assert transcript.quality.grade != "poor"


@pytest.mark.slow
def test_most_words_are_the_ones_said(heard: list[tuple[Transcript, Reference]]) -> None:
    """At least eight of ten different words of the reference are heard in each call."""
    for transcript, reference in heard:
        said = {
            w.strip(".,?!") for line in reference["lines"] for w in line["text"].lower().split()
        }
        got = {w.strip(".,?!") for turn in transcript.turns for w in turn.text.lower().split()}
        assert len(said & got) >= 0.8 * len(said)
