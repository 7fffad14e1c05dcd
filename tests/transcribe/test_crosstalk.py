"""Words heard on both channels."""

from hypothesis import given
from hypothesis import strategies as st

from icp_voice.transcribe.crosstalk import HeardSegment, find_echoes
from icp_voice.transcribe.engine import Recognised, Word


def heard(text: str, start_s: float, level_db: float, *, timed: bool = True) -> HeardSegment:
    words = tuple(
        Word(start_s + 0.3 * i, start_s + 0.3 * i + 0.25, f" {word}")
        for i, word in enumerate(text.split())
    )
    end_s = start_s + 0.3 * len(words)
    return HeardSegment(Recognised(start_s, end_s, text, words if timed else ()), "en", level_db)


AGENT = [heard("How do you plan your routes?", 0, -20), heard("I see.", 12, -21)]
CALLER = [heard("We use spreadsheets and lose two hours a day.", 4, -22)]


def test_faint_copy_of_the_caller_is_dropped() -> None:
    """The caller's sentence, 20 dB down and 0.2 s late on the agent's channel, stays once."""
    agent = [*AGENT, heard("we use spreadsheets and lose two hours today", 4.2, -42)]
    assert find_echoes(agent, CALLER) == ({2}, frozenset())
    assert find_echoes(CALLER, agent) == (frozenset(), {2})


def test_gain_of_a_channel_does_not_matter() -> None:
    """A copy on an agent's channel that is 30 dB louder altogether is still the weaker one."""
    agent = [HeardSegment(h.recognised, "en", h.level_db + 30) for h in AGENT]
    agent.append(heard("We use spreadsheets and lose two hours a day.", 4.2, -12))
    assert find_echoes(agent, CALLER) == ({2}, frozenset())


def test_same_words_at_another_time_are_the_speakers_own() -> None:
    """Who repeats the other's words a few seconds later is not an echo."""
    agent = [*AGENT, heard("We use spreadsheets and lose two hours a day.", 8, -40)]
    assert find_echoes(agent, CALLER) == (frozenset(), frozenset())


def test_both_say_the_same_short_word() -> None:
    """Two people who say yes together, each as loud as ever, keep their words."""
    agent, caller = [*AGENT, heard("Yes.", 9, -21)], [*CALLER, heard("Yes.", 9.1, -22)]
    assert find_echoes(agent, caller) == (frozenset(), frozenset())


def test_talking_at_once_drops_nothing() -> None:
    """Different words at the same time stay, however quiet one of the two is."""
    agent = [*AGENT, heard("Let me show you how that works today.", 4, -45)]
    assert find_echoes(agent, CALLER) == (frozenset(), frozenset())


def test_segments_without_word_times_are_compared_evenly() -> None:
    """A recogniser that tells no word times still has its echoes found."""
    agent = [*AGENT, heard("We use spreadsheets and lose two hours a day.", 4.2, -42, timed=False)]
    assert find_echoes(agent, CALLER)[0] == {2}


def test_what_an_echo_repeats_is_no_echo_itself() -> None:
    """Of three copies of a word, one on each channel stays at least where an echo rests on it."""
    first, second = [heard("Yes.", 0, 0), heard("Yes.", 0, -6)], [heard("Yes.", 0, -6)]
    assert find_echoes(first, second) == ({1}, frozenset())


WORDS = st.lists(st.sampled_from(["yes", "no", "we", "use", "it"]), min_size=1, max_size=6)
CHANNEL = st.lists(st.tuples(WORDS, st.integers(0, 20), st.floats(-60, 0)), max_size=5)


@given(CHANNEL, CHANNEL)
def test_no_word_is_dropped_on_both_channels(
    first: list[tuple[list[str], int, float]], second: list[tuple[list[str], int, float]]
) -> None:
    """Whatever is said, what an echo repeats stays on the other channel."""
    channels = [
        [heard(" ".join(words), at_s, level_db) for words, at_s, level_db in channel]
        for channel in (first, second)
    ]
    echoes = find_echoes(channels[0], channels[1])
    for own, other in ((0, 1), (1, 0)):
        kept = {
            word.text
            for i, h in enumerate(channels[other])
            if i not in echoes[other]
            for word in h.recognised.words
        }
        for i in echoes[own]:
            words = [word.text for word in channels[own][i].recognised.words]
            assert sum(word in kept for word in words) >= 0.6 * len(words)
