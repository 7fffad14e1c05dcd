"""The benchmark's diarization error, against cases reckoned by hand."""

import pytest
from diarization_error import Stretch, diarization_error, floor_error

REFERENCE = [Stretch(0, 4, "Ann"), Stretch(4, 10, "Bo")]


def test_names_do_not_matter() -> None:
    """The same stretches under other names are no error."""
    found = diarization_error(REFERENCE, [Stretch(0, 4, "1"), Stretch(4, 10, "0")])
    assert (found.total_s, found.rate) == (10, 0)


def test_a_late_change_is_confusion() -> None:
    """A second given to the speaker before is a second confused of ten."""
    found = diarization_error(REFERENCE, [Stretch(0, 5, "x"), Stretch(5, 10, "y")])
    assert (found.missed_s, found.false_alarm_s, found.confused_s) == (0, 0, 1)
    assert found.rate == pytest.approx(0.1)


def test_a_late_change_within_the_collar_is_forgiven() -> None:
    """0.2 s late is inside the quarter second around each change; 9 s are left to judge."""
    late = [Stretch(0, 4.2, "x"), Stretch(4.2, 10, "y")]
    assert diarization_error(REFERENCE, late).confused_s == pytest.approx(0.2)
    found = diarization_error(REFERENCE, late, collar_s=0.25)
    assert found.rate == 0
    assert found.total_s == pytest.approx(9.0)


def test_overlap_counts_twice() -> None:
    """Two speakers at once, one of them heard: the other is missed, and nothing else can be won."""
    both = [Stretch(0, 4, "Ann"), Stretch(3, 6, "Bo")]
    heard = [Stretch(0, 4, "x"), Stretch(4, 6, "y")]
    found = diarization_error(both, heard)
    assert (found.total_s, found.missed_s, found.confused_s) == (7, 1, 0)
    assert floor_error(both, heard) == pytest.approx(1 / 7)


def test_silence_taken_for_speech_and_speech_for_silence() -> None:
    """False alarm and missed speech are apart from confusion."""
    found = diarization_error([Stretch(0, 4, "Ann")], [Stretch(1, 6, "x")])
    assert (found.missed_s, found.false_alarm_s, found.confused_s) == (1, 2, 0)


def test_one_voice_split_in_two_loses_the_smaller_part() -> None:
    """The mapping is one to one and the best: the larger part counts as right."""
    split = [Stretch(0, 7, "x"), Stretch(7, 10, "y")]
    found = diarization_error([Stretch(0, 10, "Ann")], split)
    assert found.confused_s == 3
