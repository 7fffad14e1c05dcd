"""Find known deal ids in the names of files and folders."""

import re
from collections.abc import Iterable


class DealIdFinder:
    """Known deal ids as whole words of a name, whatever their letter case.

    Examples:
        >>> sorted(DealIdFinder(["D-10", "D-1001"]).find("d-1001 intro"))
        ['D-1001']
    """

    def __init__(self, deal_ids: Iterable[str]) -> None:
        """Index the ids that can't be mistaken for a counter."""
        self._ids: dict[str, set[str]] = {}
        for deal_id in deal_ids:
            if not _is_telling(deal_id):
                continue
            self._ids.setdefault(deal_id.lower(), set()).add(deal_id)
        self._lengths = sorted({len(_words(i)) for i in self._ids} - {0}, reverse=True)

    def find(self, name: str) -> set[str]:
        """Return the deals named; an id inside a longer one that is named too does not count."""
        lowered = name.lower()
        words = _words(lowered)
        spans: list[tuple[int, int, str]] = []
        for length in self._lengths:
            for first in range(len(words) - length + 1):
                start, end = words[first].start(), words[first + length - 1].end()
                if lowered[start:end] in self._ids:
                    inside = any(s <= start and end <= e for s, e, _ in spans)
                    if not inside:
                        spans.append((start, end, lowered[start:end]))
        return {deal_id for *_, key in spans for deal_id in self._ids[key]}


def _is_telling(deal_id: str) -> bool:
    """Refuse ids such as 17, which stand in names as counters; `name_patterns` finds those."""
    return len(deal_id) >= 3 and (not deal_id.isdigit() or len(deal_id) >= 5)


def _words(text: str) -> list[re.Match[str]]:
    """Return the words of a name: runs of letters and digits; `D-1001` is two, side by side."""
    return list(re.finditer(r"[^\W_]+", text))
