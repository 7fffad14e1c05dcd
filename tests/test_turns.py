"""Utterances to turns."""

from hypothesis import given
from hypothesis import strategies as st

from icp_voice.turns import Utterance, merge_utterances

UTTERANCES = st.lists(
    st.tuples(st.sampled_from("AB"), st.floats(0, 5), st.sampled_from(["one", "two three", "x"]))
)


def timed(rows: list[tuple[str, float, str]]) -> list[Utterance]:
    clock_s = 0.0
    made = []
    for speaker, gap_s, text in rows:
        made.append(Utterance(speaker, clock_s + gap_s, clock_s + gap_s + 1.0, "en", text))
        clock_s += gap_s + 1.0
    return made


@given(UTTERANCES)
def test_merging_keeps_every_word_in_order(rows: list[tuple[str, float, str]]) -> None:
    """Merging loses no word, changes no order and gives no word to another speaker."""
    before = timed(rows)
    after = merge_utterances(before)
    for speaker in "AB":
        words = " ".join(u.text for u in before if u.speaker == speaker).split()
        assert " ".join(u.text for u in after if u.speaker == speaker).split() == words
    assert [u.start_s for u in after] == sorted(u.start_s for u in after)


def test_a_long_pause_begins_a_new_turn() -> None:
    """The same speaker after a pause longer than the gap is a new turn."""
    rows = [("A", 0.0, "one"), ("A", 1.0, "two"), ("A", 3.0, "three")]
    assert [u.text for u in merge_utterances(timed(rows), gap_s=2.0)] == ["one two", "three"]
