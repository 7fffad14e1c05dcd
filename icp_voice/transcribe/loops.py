"""Find the same words again and again: where the recogniser is caught in a loop.

A decoder that is lost repeats itself, inside a segment (`we go we go we go`), from segment to
segment, and in turns (A B A B A B). People repeat themselves too, but briefly: "no, no, no, no",
"hello, can you hear me?" three times.
"""

import re
from collections.abc import Sequence

# A phrase of this many words is a loop when it is said so many times on end: the shorter it is, the
# more often people do say it. The last entry holds for all longer ones.
_REPEATS = {1: 8, 2: 5, 3: 4, 4: 4, 5: 4, 6: 4, 7: 3}
# Where the window's text could be compressed too well (Whisper's own sign of a loop) less will do.
_DOUBTFUL_REPEATS = {1: 5, 2: 4, 3: 3}
_MAX_PHRASE_WORDS = 40
# One word that is a loop by itself: "aaaaaaaaaaaaaaaa", "ha-ha-ha-ha-ha-ha-ha-ha-ha-ha-ha-ha".
STUTTER = re.compile(r"([^\W\d_]{1,6}?[-’']?)\1{11,}[-’'\w]*", re.IGNORECASE)


def plain_word(word: str) -> str:
    """Return a word as it is compared: lower case, without punctuation.

    >>> plain_word("Go,")
    'go'
    """
    return re.sub(r"\W+", "", word).lower()


def looped_words(words: Sequence[str], doubtful: Sequence[bool]) -> list[bool]:
    """Return for each word whether it only repeats: the first time a phrase is said it stays.

    Args:
        words: what one channel says without a pause, in order.
        doubtful: for each word whether its figures are those of a loop.

    Examples:
        >>> said = "so we go we go we go we go we go home".split()
        >>> gone = looped_words(said, [False] * len(said))
        >>> " ".join(word for word, g in zip(said, gone, strict=True) if not g)
        'so we go home'
    """
    plain = [plain_word(word) for word in words]
    gone = [False] * len(words)
    i = 0
    while i < len(words):
        end, size = _loop_at(plain, i, doubtful[i])
        if not end:
            i += 1
            continue
        gone[i + size : end] = [True] * (end - i - size)
        i = end
    return gone


def _loop_at(plain: Sequence[str], start: int, doubtful: bool) -> tuple[int, int]:
    """Return (end, words of the phrase) of the loop that begins at a word; end 0 where none does.

    A loop that breaks off in the middle of its phrase at the very end goes with what is begun.
    """
    limits = _DOUBTFUL_REPEATS if doubtful else _REPEATS
    for size in range(1, min(_MAX_PHRASE_WORDS, (len(plain) - start) // 2) + 1):
        end = start + size
        while end < len(plain) and plain[end] == plain[end - size]:
            end += 1
        repeats = (end - start) // size
        if repeats >= limits.get(size, min(limits.values())) and any(plain[start : start + size]):
            whole = start + repeats * size
            return (end if end == len(plain) else whole), size
    return 0, 0
