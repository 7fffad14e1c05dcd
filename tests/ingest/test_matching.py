"""Which deal a call belongs to."""

from datetime import date
from pathlib import Path

import pytest

from icp_voice.config import IngestConfig
from icp_voice.errors import ConfigError
from icp_voice.ingest.matching import date_in_name, match_calls
from icp_voice.records import CallEntry, CallMatch, Deal, SourceFile

DEALS = tuple(Deal(deal_id, "won") for deal_id in ("D-1001", "D-10", "1C1I7A6R", "17"))


def match(name: str, *entries: CallEntry, pattern: str = "") -> CallMatch:
    source = SourceFile("c1", "c1" * 32, Path("ws/recordings") / name, "recording", 1)
    (found,) = match_calls([source], entries, DEALS, IngestConfig(deal_id_pattern=pattern))
    return found


def test_calls_file_wins_over_the_name() -> None:
    """The row of calls.csv decides even where the name holds another deal."""
    entry = CallEntry("recordings/D-10 intro.mp3", "D-1001", date(2025, 1, 2))
    found = match("D-10 intro.mp3", entry)
    assert (found.deal_id, found.reason, found.confidence) == ("D-1001", "calls_file", 1.0)
    assert found.called_on == date(2025, 1, 2)


def test_name_of_another_folder_is_another_file() -> None:
    """A row that names a folder is not about a file of the same name elsewhere."""
    assert match("intro.mp3", CallEntry("archive/intro.mp3", "D-10")).deal_id is None
    assert match("intro.mp3", CallEntry("intro.mp3", "D-10")).deal_id == "D-10"


@pytest.mark.parametrize(
    ("name", "deal_id", "called_on"),
    [
        ("D-1001_2025-03-04.mp3", "D-1001", date(2025, 3, 4)),
        ("GMT20250304-101500_d-1001_Recording.m4a", "D-1001", date(2025, 3, 4)),
        ("04.03.2025 acme (1C1I7A6R).wav", "1C1I7A6R", date(2025, 3, 4)),
        ("D-10011.mp3", None, None),
        ("call 17.mp3", None, None),
        ("nothing.mp3", None, None),
    ],
)
def test_deal_id_is_found_as_a_whole_word(
    name: str, deal_id: str | None, called_on: date | None
) -> None:
    """An id counts only as a whole word; a short number is a counter, not a deal."""
    found = match(name)
    assert (found.deal_id, found.called_on) == (deal_id, called_on)
    assert found.reason == ("file_name" if deal_id else "none")


def test_two_deals_in_a_name_are_no_match() -> None:
    """Two deals in one name are not guessed between; the reason names both."""
    found = match("D-1001 and D-10.mp3")
    assert found.deal_id is None
    assert found.detail == "the file name holds 2 deals: D-10, D-1001"


def test_deal_of_the_calls_file_must_exist() -> None:
    """A deal id that the deals file does not have is no match, with the reason."""
    found = match("a.mp3", CallEntry("a.mp3", "D-9"))
    assert found.deal_id is None
    assert "D-9, which is not among the deals" in found.detail


def test_configured_pattern_finds_short_numbers() -> None:
    """A pattern with one group reads ids that are too short to be looked for."""
    assert match("deal17 intro.mp3", pattern=r"deal(\d+)").deal_id == "17"
    with pytest.raises(ConfigError, match="exactly one"):
        match("a.mp3", pattern="deal")


def test_two_dates_in_a_name_are_no_date() -> None:
    """A name with two days tells none."""
    assert date_in_name("2025-01-02 moved to 2025-01-03.mp3") is None
