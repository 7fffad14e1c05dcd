from hypothesis import given
from hypothesis import strategies as st

from icp_voice.report.variety import pick_varied

SAID = st.lists(st.tuples(st.sampled_from("ABC"), st.text("abc ", max_size=8)), max_size=12)


@given(SAID, st.integers(min_value=1, max_value=4))
def test_no_words_are_shown_twice(said: list[tuple[str, str]], n: int) -> None:
    """Picks keep their order, are no more than asked for, and never repeat a sentence."""
    chosen = pick_varied(said, n, text=lambda q: q[1], source=lambda q: q[0])
    sentences = [frozenset(text.split()) for _, text in chosen]
    assert (
        len(set(sentences)) == len(chosen) == min(n, len({frozenset(t.split()) for _, t in said}))
    )
    places = [said.index(q) for q in chosen]
    assert places == sorted(places)


def test_other_deals_and_other_words_come_first() -> None:
    """A second deal in new words is taken before the first deal's second sentence."""
    said = [
        ("A", "we keep it in Excel for orders"),
        ("A", "the audit failed"),
        ("B", "we keep it in Excel for prices"),
        ("C", "nobody trusts these figures"),
    ]
    chosen = pick_varied(said, 2, text=lambda q: q[1], source=lambda q: q[0])
    assert [deal for deal, _ in chosen] == ["A", "C"]
