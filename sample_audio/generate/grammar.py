"""A template grammar of English sales talk, for the sample calls and the bundled speech model.

A template is a sentence in lower case with slots and options:

    "~ {team_we} keep everything in Excel (and email)(, to be honest)"

* `~ ` at the beginning may become an opener ("Honestly, ", "Well, ") or nothing;
* `{slot}` is one of `SLOTS[slot]`, which may hold slots itself;
* `(text)` is there or not;
* `[a|b|c]` is one of the three.

`expand` writes the sentence out with a capital letter and a full stop where it has no other end.
Sentences are parted by a stable hash: `is_held_out` is true for one in eight. The speech model
trains on the rest; the sample calls and the evaluation use held-out sentences only. Sentences of
up to three words ("Yes, exactly.") belong to both: there is no other way of saying them.
"""

from __future__ import annotations

import hashlib
import random
import re

from buyer_lines import BUYER
from buyer_status_lines import BUYER_STATUS
from seller_lines import SELLER
from slots import SLOTS

Key = tuple[str, str, str]

TEMPLATES: dict[Key, tuple[str, ...]] = {
    **{("buyer", kind, topic): lines for (kind, topic), lines in BUYER.items()},
    **{("buyer", kind, topic): lines for (kind, topic), lines in BUYER_STATUS.items()},
    **{("seller", kind, topic): lines for (kind, topic), lines in SELLER.items()},
}

OPENERS = (
    "Honestly, ", "To be fair, ", "You know, ", "Well, ", "Look, ", "Frankly, ", "I mean, ",
    "So, ", "Okay, ", "Actually, ", "To be honest, ", "I think ", "As I said, ", "Basically, ",
)  # fmt: skip
HELD_OUT_ONE_IN = 8
SHORT_WORDS = 3

_SLOT = re.compile(r"\{(\w+)\}")
_OPTION = re.compile(r"\(([^()]*)\)")
_CHOICE = re.compile(r"\[([^\[\]]*)\]")


def expand(template: str, rng: random.Random) -> str:
    """Write one sentence of a template.

    Args:
        template: a line of `TEMPLATES`.
        rng: the source of all choices; the same state gives the same sentence.

    Returns:
        A sentence with capital letter and final punctuation.

    Raises:
        KeyError: the template names a slot that does not exist.
    """
    text = template
    if text.startswith("~ "):
        text = (rng.choice(OPENERS) if rng.random() < 0.4 else "") + text[2:]
    while "(" in text or "[" in text or "{" in text:
        text = _OPTION.sub(lambda match: match[1] if rng.random() < 0.5 else "", text)
        text = _CHOICE.sub(lambda match: rng.choice(match[1].split("|")), text)
        text = _SLOT.sub(lambda match: rng.choice(SLOTS[match[1]]), text)
    text = re.sub(r"\s+", " ", text).strip()
    text = re.sub(r" ([,.?!])", r"\1", text)
    text = text[0].upper() + text[1:]
    return text if text[-1] in ".?!" else text + "."


def expand_held_out(template: str, rng: random.Random, *, tries: int = 400) -> str:
    """Write a held-out sentence of a template: one the speech model was not trained on.

    Short answers, which both sides share, are returned as they come.

    Raises:
        ValueError: the template has too few expansions to hold one out.
    """
    for _ in range(tries):
        sentence = expand(template, rng)
        if is_held_out(sentence) or len(sentence.split()) <= SHORT_WORDS:
            return sentence
    raise ValueError(f'no held-out expansion of "{template}" in {tries} tries; give it a slot')


def is_held_out(sentence: str) -> bool:
    """Say whether a sentence is kept from training; a stable hash, one sentence in eight."""
    words = re.sub(r"[^a-z' ]", "", sentence.lower()).split()
    if len(words) <= SHORT_WORDS:
        return False
    digest = hashlib.sha1(" ".join(words).encode(), usedforsecurity=False).digest()
    return digest[0] % HELD_OUT_ONE_IN == 0


def vocabulary() -> list[str]:
    """Return every word that a template or slot can write, in its casing, sorted."""
    texts = [line for lines in TEMPLATES.values() for line in lines]
    texts += [value for values in SLOTS.values() for value in values] + list(OPENERS)
    words: set[str] = set()
    for text in texts:
        plain = _SLOT.sub(" ", text)
        words.update(re.findall(r"[A-Za-z][A-Za-z']*(?:-[A-Za-z]+)*", plain))
    return sorted(words)
