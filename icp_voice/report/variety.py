"""Pick quotes that show different sides of a thing, not one sentence three times."""

import re
from collections.abc import Callable, Sequence
from typing import TypeVar

T = TypeVar("T")

SAME_WORDS = 0.5  # share of common words from which two quotes count as one sentence


def pick_varied(
    items: Sequence[T], n: int, *, text: Callable[[T], str], source: Callable[[T], str]
) -> tuple[T, ...]:
    """Pick up to `n` items in order, each from another source and in other words where it can be.

    Args:
        items: best first.
        n: how many are wanted; fewer come back only where there are fewer.
        text: the words of an item; equal words are never picked twice.
        source: where an item comes from, such as its deal.

    >>> said = ["all in Excel, prices", "all in Excel, orders", "nobody trusts the figures"]
    >>> pick_varied(said, 2, text=str, source=lambda item: item)
    ('all in Excel, prices', 'nobody trusts the figures')
    """
    chosen: list[int] = []
    for same_words, new_source in ((SAME_WORDS, True), (1.0, True), (1.0, False)):
        for i, item in enumerate(items):
            if len(chosen) == n:
                break
            others = [items[k] for k in chosen]
            if new_source and source(item) in map(source, others):
                continue
            if all(_likeness(text(item), text(other)) < same_words for other in others):
                chosen.append(i)
    return tuple(items[i] for i in sorted(chosen))


def _likeness(a: str, b: str) -> float:
    """Return the Jaccard index of two texts' words; 1 for the same words."""
    first, second = (set(re.findall(r"\w+", text.casefold())) for text in (a, b))
    union = first | second
    return len(first & second) / len(union) if union else 1.0
