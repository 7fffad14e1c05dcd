"""The generator writes the text files it shipped, and speaks held-out sentences only."""

import pytest
from sample_files import SAMPLES, Samples


@pytest.fixture(autouse=True)
def _generator_importable(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(str(SAMPLES / "generate"))


def test_the_shipped_deals_are_what_the_seed_gives(samples: Samples) -> None:
    """Building the scenario again gives the deals and traits of the shipped files."""
    import random

    import archive
    import scenario

    deals = scenario.build_deals()
    rows = archive.deal_rows(deals, random.Random(f"{scenario.SEED}:crm"))
    text = archive.csv_text(archive.DEALS_HEADER, rows)
    shipped = (samples.workspace / "deals.csv").read_bytes().decode("utf-8")
    assert text == shipped


def test_recordings_say_held_out_sentences_only(samples: Samples) -> None:
    """No sentence of a recording, short answers apart, was in the training of the model."""
    from grammar import SHORT_WORDS, is_held_out

    texts = [line["text"] for record in samples.recordings for line in record["lines"]]
    long = [text for text in texts if len(text.split()) > SHORT_WORDS]
    assert len(long) > 400
    assert all(is_held_out(text) for text in long)


def test_recordings_use_voices_of_the_training(samples: Samples) -> None:
    """Every voice is a known one and none of those kept for the evaluation."""
    from voices import BY_NAME

    used = {voice for record in samples.recordings for voice in record["voices"].values()}
    assert all(not BY_NAME[voice].held_out for voice in used)
    assert len(used) >= 6
