from hypothesis import given
from hypothesis import strategies as st
from report_samples import make_finding

from icp_voice.report.words import cut, say_clock, say_counts, say_effect, say_number


def test_counts_are_said_with_and_without() -> None:
    """The sentence names both sides of the comparison."""
    finding = make_finding("pain/x", (41, 17, 13, 49), "proven")
    assert say_counts(finding) == "won 41 of 58 with it, 13 of 62 without"


def test_an_effect_below_one_is_also_said_the_other_way_round() -> None:
    """A fraction is hard to read, so it is said as times lower, too."""
    said = say_effect(make_finding("objection/x", (2, 30, 50, 30), "proven"))
    assert "times the odds of winning, that is" in said
    assert "times lower" in said


def test_a_trait_that_was_not_tested_has_no_effect() -> None:
    """Too few deals to say is a result."""
    said = say_effect(make_finding("pain/x", (1, 1, 1, 1), "set_aside"))
    assert said == "Too few deals to say how strong it is."


@given(st.text(), st.integers(min_value=2, max_value=50))
def test_cut_texts_fit_and_are_marked(text: str, longest: int) -> None:
    """A cut text ends with a mark, one that fits only loses double spaces."""
    out = cut(text, longest)
    assert len(out) <= longest
    assert out.endswith("…") or out == " ".join(
        text.encode("utf-8", "replace").decode("utf-8").split()
    )


@given(st.floats(min_value=0, max_value=36_000))
def test_clocks_round_down_to_the_second(seconds: float) -> None:
    """A player that jumps to the time shown never misses the first word."""
    minutes, rest = say_clock(seconds).split(":")
    assert len(rest) == 2
    assert 0 <= seconds - (60 * int(minutes) + int(rest)) < 1


@given(st.floats(min_value=0.01, max_value=99.0))
def test_ratios_keep_two_digits_or_so(value: float) -> None:
    """A ratio is rounded by at most 5 %, or half a hundredth when it is tiny."""
    assert abs(float(say_number(value)) - value) <= max(0.051 * value, 0.006)
