"""Calls as text, so that a test shows what was said."""

from collections.abc import Callable

import pytest

from icp_voice.config import ExtractConfig
from icp_voice.extract.extractor import Extractor, load_extractor
from icp_voice.records import CallQuality, Participant, Side, Transcript, Turn

QUALITY = CallQuality(None, 60.0, None, 900.0, None, 1.0, "good")
SIDES: dict[str, Side] = {"S": "seller", "B": "buyer", "U": "unknown"}


def make_call(
    text: str, language: str = "en", participants: tuple[Participant, ...] = ()
) -> Transcript:
    """Return a call of lines such as `B: We use Excel.`; five seconds a line."""
    turns = []
    for index, line in enumerate(line.strip() for line in text.strip().splitlines()):
        who, said = line.split(":", 1)
        side = SIDES[who]
        turns.append(
            Turn(index, side, side, 1.0, index * 5.0, index * 5.0 + 4.5, language, said.strip())
        )
    return Transcript(
        "0" * 16, "call.vtt", 60.0, 1, (language,), "text", QUALITY, tuple(turns), participants
    )


@pytest.fixture(scope="session")
def extractor() -> Extractor:
    """The shipped taxonomy without a classifier."""
    return load_extractor(ExtractConfig(classifier=False))


@pytest.fixture(scope="session")
def found(extractor: Extractor) -> Callable[..., set[tuple[str, str, str, str]]]:
    """Return (side, kind/topic, status, quote) of every signal of a call given as text."""

    def read(text: str, language: str = "en") -> set[tuple[str, str, str, str]]:
        signals = extractor.extract(make_call(text, language)).signals
        return {(s.side, f"{s.kind}/{s.topic}", s.status, s.quote) for s in signals}

    return read
