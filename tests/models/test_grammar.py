"""The grammar writes sentences that the speech model and the sample calls can share."""

import random
import re
import string
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "sample_audio" / "generate"))

import grammar  # noqa: E402
from slots import SLOTS  # noqa: E402

ALL = [(key, line) for key in sorted(grammar.TEMPLATES) for line in grammar.TEMPLATES[key]]


@pytest.mark.parametrize("key", sorted(grammar.TEMPLATES), ids="-".join)
def test_every_template_writes_plain_sentences(key: tuple[str, str, str]) -> None:
    """A template leaves no slot, bracket or digit, begins with a capital and ends with a stop."""
    rng = random.Random(3)
    for line in grammar.TEMPLATES[key]:
        for _ in range(20):
            sentence = grammar.expand(line, rng)
            assert re.fullmatch(r"[A-Z][A-Za-z',? .-]*[.?]", sentence), sentence
            assert "  " not in sentence
            assert " ," not in sentence


@pytest.mark.parametrize("key", sorted(grammar.TEMPLATES), ids="-".join)
def test_every_template_can_be_held_out(key: tuple[str, str, str]) -> None:
    """Each template has an expansion that training never sees, or is too short to be parted."""
    rng = random.Random(4)
    for line in grammar.TEMPLATES[key]:
        sentence = grammar.expand_held_out(line, rng)
        short = len(sentence.split()) <= grammar.SHORT_WORDS
        assert grammar.is_held_out(sentence) or short


def test_about_one_sentence_in_eight_is_held_out() -> None:
    """The split by hash takes the share it says."""
    rng = random.Random(5)
    sentences = [grammar.expand(rng.choice(ALL)[1], rng) for _ in range(4_000)]
    longer = [text for text in sentences if len(text.split()) > grammar.SHORT_WORDS]
    share = sum(map(grammar.is_held_out, longer)) / len(longer)
    assert 0.10 < share < 0.15


@given(st.sampled_from(ALL), st.integers(0, 2**32))
def test_holding_out_ignores_case_and_punctuation(
    template: tuple[tuple[str, str, str], str], seed: int
) -> None:
    """A sentence cannot slip into training by another casing or stop."""
    sentence = grammar.expand(template[1], random.Random(seed))
    other = sentence.upper().translate(str.maketrans("", "", string.punctuation.replace("'", "")))
    if "-" not in sentence:
        assert grammar.is_held_out(sentence) == grammar.is_held_out(other)


@given(st.sampled_from(ALL), st.integers(0, 2**32))
def test_the_same_seed_writes_the_same_sentence(
    template: tuple[tuple[str, str, str], str], seed: int
) -> None:
    """Expansion draws only from the generator that it is given."""
    first, second = (grammar.expand(template[1], random.Random(seed)) for _ in range(2))
    assert first == second


def test_the_vocabulary_holds_every_word_that_can_be_said() -> None:
    """Expanded sentences use no word that `vocabulary` does not list (but for capitals)."""
    known = {word.lower() for word in grammar.vocabulary()}
    rng = random.Random(6)
    for _ in range(2_000):
        sentence = grammar.expand(rng.choice(ALL)[1], rng)
        said = re.findall(r"[A-Za-z][A-Za-z']*(?:-[A-Za-z]+)*", sentence)
        assert {word.lower() for word in said if not word.endswith("'s")} <= known


def test_slots_name_only_slots_that_exist() -> None:
    """A slot word that holds a slot itself finds it."""
    for values in SLOTS.values():
        assert set(re.findall(r"\{(\w+)\}", " ".join(values))) <= set(SLOTS)
