"""What names of files and folders tell."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from icp_voice.config import IngestConfig
from icp_voice.errors import ConfigError
from icp_voice.ingest.names import NameReader, date_in_name

READER = NameReader(IngestConfig())


@pytest.mark.parametrize(
    "path",
    [
        "GMT20250304-101500_Recording.m4a",
        "2025-03-04 10.15.00 Acme intro/audio1.m4a",
        "Acme intro-20250304_101500-Meeting Recording.mp4",
        "Acme intro (2025-03-04 10_15 GMT+2).mp4",
        "abc_20250304T10_15_UTC.wav",
        "_GUID_x_AGENT_y_2025-03-04T10-15-00.wav",
        "out-4951234567-101-20250304-101500-1741083300.12.wav",
        "[Acme]_101-4951234567_20250304101500(12).wav",
        "Call recording Acme_250304_101500.m4a",
        "2025-03-04__10-15-00__74951234567.mp3",
        "запись 04.03.2025 10.15.wav",
        "Screen 2025-03-04 at 10.15.00 AM.mov",
    ],
)
def test_names_of_recorders_tell_day_and_time(path: str) -> None:
    """Zoom, Teams, Meet, Amazon, Asterisk, 3CX, phones and people write day and time."""
    facts = READER.read(path)
    assert facts.called_on is not None
    assert (facts.called_on.isoformat(), str(facts.started)) == ("2025-03-04", "10:15:00")


@pytest.mark.parametrize(
    "path",
    [
        "79201234567.mp3",
        "call 2025-13-45.mp3",
        "2025-01-02 moved to 2025-01-03.mp3",
        "RE0123456789abcdef20250304aabbccdd.mp3",
        "1b4e28ba-2fa1-11d2-883f-0016d3cca427.wav",
        "2025-03.mp3",
    ],
)
def test_other_digits_tell_no_day(path: str) -> None:
    """Phone numbers, machine ids, impossible days and two days are no day of a call."""
    facts = READER.read(path)
    assert (facts.called_on, facts.started) == (None, None)


def test_numbers_after_the_day_are_no_time() -> None:
    """A counter or a year behind the day is not the time of day."""
    for path in ("2025-03-04-2.mp3", "2025-03-04 2024 plan.mp3", "2025-03-04_call_1015.mp3"):
        assert READER.read(path).started is None, path


def test_day_in_the_file_name_goes_before_the_folder() -> None:
    """A folder's day counts only where the file's name has none."""
    assert str(READER.read("2025-03-01/2025-03-04 acme.mp3").called_on) == "2025-03-04"
    assert str(READER.read("2025-03-01/acme.mp3").called_on) == "2025-03-01"


def test_configured_patterns_go_first() -> None:
    """The user's groups are read before the built-in ones see the name, folders included."""
    config = IngestConfig(
        name_patterns=(
            r"deal(?P<deal_id>\d+)",
            r"^(?P<account>[^/]+)/",
            r"-(?P<date>\d{8})-(?P<time>\d{4})",
        ),
        date_order="day_first",
    )
    facts = NameReader(config).read("Acme Corp/deal17-04032025-1015.mp3")
    assert facts.deal_ids == {"17"}
    assert facts.accounts == {"Acme Corp"}
    assert (str(facts.called_on), str(facts.started)) == ("2025-03-04", "10:15:00")


@pytest.mark.parametrize(
    ("pattern", "said"),
    [
        ("deal(", "is wrong"),
        (r"deal(\d+)", "has no named group"),
        (r"(?P<deal>\d+)", "has the group 'deal'; known are deal_id, date, time, account"),
    ],
)
def test_wrong_patterns_are_one_sentence(pattern: str, said: str) -> None:
    """A pattern that can't be used is quoted with what is accepted."""
    with pytest.raises(ConfigError, match="name_patterns") as caught:
        NameReader(IngestConfig(name_patterns=(pattern,)))
    assert said in str(caught.value)


@given(st.text(alphabet="0123456789-_. T:GMT/acme()АбвŻ", max_size=40))
def test_any_name_is_read(name: str) -> None:
    """No name breaks the reader, and what is left has the length of the name."""
    facts = READER.read(name)
    stem = name.rsplit("/", 1)[-1]
    stem = stem.rsplit(".", 1)[0] if "." in stem else stem
    assert len(facts.rest[-1]) == len(stem)


def test_two_dates_in_a_name_are_no_date() -> None:
    """A name with two days tells none."""
    assert date_in_name("2025-01-02 moved to 2025-01-03.mp3") is None
