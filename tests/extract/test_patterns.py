"""The pattern language: what a pattern matches and what it refuses."""

import pytest

from icp_voice.errors import TaxonomyError
from icp_voice.extract.language import Analyzer, LanguageWords
from icp_voice.extract.patterns import PatternCompiler, PatternIndex, find

WORDS = LanguageWords(
    fillers=frozenset({"um"}), numbers=frozenset({"nine"}), macros={"unit": "day|week"}
)
ANALYZER = Analyzer("en", WORDS)
COMPILER = PatternCompiler(ANALYZER)


def matches(pattern: str, text: str) -> list[str]:
    """Return the matched words."""
    compiled = COMPILER.compile(pattern)
    return [
        " ".join(token.text for token in sentence.tokens[match.first : match.last])
        for sentence in ANALYZER.sentences(text)
        for match in find(compiled, sentence)
    ]


@pytest.mark.parametrize(
    ("pattern", "text", "expected"),
    [
        ("keep", "We kept it.", ["kept"]),
        ("can not see", "We can't see it.", ["ca n't see"]),
        ("copy (and)? paste", "They copy um and paste, copy paste.", ["copy and paste", "copy paste"]),
        ("type .. by hand", "We type all of it by hand.", []),
        ("type ... by hand", "We type all of it by hand.", ["type all of it by hand"]),
        ("<number> <unit>", "It took nine days.", ["nine days"]),
        ("automat*", "Not automated yet.", ["automated"]),
        ("=us", "We told us.", ["us"]),
        ("talk to !me", "Talk to me. Talk to them.", ["Talk to"]),
        ("^ how much", "So how much? How much?", ["How much"]),
        ("budget .. problem", "Budget is not a problem. Budget is a problem.", ["Budget is a problem"]),
    ],
)  # fmt: skip
def test_pattern_matches(pattern: str, text: str, expected: list[str]) -> None:
    """A pattern matches whole words by surface, norm or lemma, and gaps skip no negation."""
    assert matches(pattern, text) == expected


@pytest.mark.parametrize(
    ("pattern", "complaint"),
    [
        ("(a|b", "closing bracket"),
        ("a) b", "too many"),
        ("<nope> x", "unknown list <nope>"),
        ("(word)?", "no word that must occur"),
        ("a || b", "empty alternative"),
        ("x* y", "too short"),
    ],
)
def test_pattern_with_a_mistake_is_refused(pattern: str, complaint: str) -> None:
    """A pattern that can't be meant says what is wrong with it."""
    with pytest.raises(TaxonomyError, match=complaint):
        COMPILER.compile(pattern)


def test_index_tries_only_patterns_whose_words_occur() -> None:
    """The index finds what single patterns find."""
    index = PatternIndex()
    for pattern in ("automat*", "copy paste", "<number> <unit>"):
        index.add(COMPILER.compile(pattern), pattern)
    (sentence,) = ANALYZER.sentences("It is automated in nine days")
    assert [meaning for _, meaning in index.search(sentence)] == ["automat*", "<number> <unit>"]
