"""Find the names of the deals' accounts in the names of files, folders and meetings.

A name counts where its words stand together: `Acme Corp.` in `2025-03-04_AcmeCorp_intro.mp3`.
Legal forms are left out, Cyrillic is compared in Latin letters, and Russian, Ukrainian and Polish
endings are allowed for. A misspelt name counts where it is long enough and near enough:

    SIMILAR_FROM = 0.85, the share of letters that need no edit (optimal string alignment), names of
    7 letters or more: one edit in 7 letters, two in 14. Measured on the 85 accounts of the Maven
    CRM data set and the 142 of the sample workspace, each name left out in turn and looked for
    among the others: no wrong account from 0.84 up (7 of 142 at 0.82). With one typing error put
    in, 90 % and 100 % of those names come out right and none wrong. Jaro-Winkler at 0.85 finds
    more of them and names a wrong account for 5 of 76 and 67 of 142.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from math import ceil
from typing import Literal

from icp_voice.ingest.account_words import CALL_WORDS, LEGAL_FORMS
from icp_voice.ingest.deals_words import ACCOUNT_COLUMNS
from icp_voice.ingest.delimited import normal_header
from icp_voice.records import Deal

SIMILAR_FROM = 0.85
SIMILAR_LETTERS = 7

Likeness = Literal["same", "ending", "script", "similar", "beginning"]

_MOST_WORDS = 8
_SHORT_LETTERS = 6
_STEM_LETTERS = 4
_FIRST_WORD_LETTERS = 5
_WORD = re.compile(r"[^\W_]+")
_CAMEL = re.compile(r"(?<=[^\W\d_A-ZА-ЯІЇЄҐ])(?=[A-ZА-ЯІЇЄҐ])")
_CYRILLIC = re.compile(r"[Ѐ-ӿ]")
_PARENTHESES = re.compile(r"[(\[{][^)\]}]*[)\]}]")
_NAME_PARTS = re.compile(r"\s+[-–—/|]\s+|\s*[:|,;]\s+")
# Case endings of nouns and adjectives, in the letters `fold` gives, longest first.
_ENDING = re.compile(
    r"(?:iyami|yami|iami|ami|ogo|oho|omu|emu|ego|yemu|oyu|eyu|iyu|yam|yakh|iakh|akh|ach|ymi|imi|"
    r"ykh|ikh|ich|ych|oy|ey|iy|yy|aya|oye|iya|yem|em|om|im|ym|am|ov|iv|ev|ow|yu|ya|ia|ie|iu|iem|"
    r"a|e|i|o|u|y)$"
)
# How one sound is spelt when a name goes from Cyrillic to Latin letters or back, in this order.
_SOUNDS = tuple(
    (re.compile(pattern), sound)
    for pattern, sound in (
        ("shch|sch|sh", "s"),
        ("zh", "z"),
        ("kh|ch", "h"),
        ("ck|q", "k"),
        ("ph", "f"),
        ("th", "t"),
        ("x", "ks"),
        ("w", "v"),
        ("t[sz]", "s"),
        ("c(?=[eiy])", "s"),
        ("c", "k"),
        ("g", "h"),
        ("ee", "i"),
        ("oo", "u"),
        ("[yj]", "i"),
        (r"(.)\1+", r"\1"),
        ("e$", ""),
    )
)


@dataclass(frozen=True)
class AccountHit:
    """An account's name found in a text.

    Attributes:
        name: as the CRM writes it.
        deal_ids: the deals of that name.
        likeness: the same words; but for an ending; but for the script; but for a letter or two;
            or only the name's first word.
        similarity: share of letters that need no edit, in [0, 1].
    """

    name: str
    deal_ids: frozenset[str]
    likeness: Likeness
    similarity: float = 1.0


@dataclass(frozen=True)
class _Word:
    """A word of a text: folded, as it stands there, and the number of the run it was cut from."""

    folded: str
    written: str
    run: int


@dataclass(frozen=True)
class _Window:
    """Neighbouring words of a text, `first` to `last` of them, as one string without spaces."""

    first: int
    last: int
    words: tuple[_Word, ...]
    key: str


class AccountIndex:
    """The names of the accounts of all deals, ready to be looked for."""

    def __init__(self, deals: Iterable[Deal]) -> None:
        """Index account names, and deal names, which often begin with the account's."""
        self._names: dict[str, str] = {}
        self._deals: dict[str, set[str]] = {}
        self._n_words: dict[str, set[int]] = {}
        self._ends: set[str] = set()
        self._stems: dict[str, set[str]] = {}
        self._sounds: dict[bool, dict[str, set[str]]] = {False: {}, True: {}}
        self._first_words: dict[str, set[str]] = {}
        for deal in sorted(deals, key=lambda deal: deal.deal_id):
            for name in account_names(deal):
                self._add(name, deal.deal_id)
        self._longest = max((len(key) for key in self._deals), default=0)
        self._similar: dict[tuple[str, bool], tuple[tuple[str, float], ...]] = {}

    def find(self, text: str) -> tuple[AccountHit, ...]:
        """Return the accounts a text names; a name inside a longer one does not count."""
        taken: list[_Window] = []
        found: dict[str, Likeness] = {}
        for window in self._windows(text):
            if any(t.first <= window.first and window.last <= t.last for t in taken):
                continue
            for key, likeness in self._look_up(window):
                found.setdefault(key, likeness)
                taken.append(window)
        return self._hits((key, likeness, 1.0) for key, likeness in found.items())

    def find_similar(self, text: str) -> tuple[AccountHit, ...]:
        """Return the accounts whose names are spelt nearly so; the nearest, or several alike."""
        best: dict[str, float] = {}
        for window in self._windows(text):
            for key, similarity in self._nearest(window):
                best[key] = max(similarity, best.get(key, 0.0))
        top = max(best.values(), default=0.0)
        return self._hits((k, "similar", s) for k, s in best.items() if s == top)

    def suggest(self, text: str) -> tuple[AccountHit, ...]:
        """Return the accounts of whose names a text holds the first word: for a person to judge."""
        keys: set[str] = set()
        for word in _words(text):
            keys |= self._first_words.get(word.folded, set())
        return self._hits((key, "beginning", 1.0) for key in keys)

    def spelt_as(self, label: str) -> tuple[AccountHit, ...]:
        """Return the accounts whose whole name is this label of a domain, such as `acme-corp`."""
        whole = next(self._windows(label), None)
        if whole is None or whole.last - whole.first + 1 < len(_words(label)):
            return ()
        return self._hits((key, how, 1.0) for key, how in self._look_up(whole) if how != "ending")

    def _add(self, name: str, deal_id: str) -> None:
        words = _words(name)
        core = _without_legal_forms([word.folded for word in words])
        cyrillic = _is_cyrillic(name)
        for folded in ([word.folded for word in words], core):
            key = "".join(folded)
            if len(key) < 2 or key.isdigit():
                continue
            self._names.setdefault(key, name)
            self._deals.setdefault(key, set()).add(deal_id)
            self._n_words.setdefault(key, set()).add(len(folded))
        self._ends.update((*core[:1], *core[-1:]))
        key = "".join(core)
        if key not in self._deals:
            return
        stem = "".join(_stem(word, cyrillic=cyrillic) for word in core)
        self._stems.setdefault(stem, set()).add(key)
        self._sounds[cyrillic].setdefault(sound_of(key), set()).add(key)
        if len(core) > 1 and len(core[0]) >= _FIRST_WORD_LETTERS and core[0] not in CALL_WORDS:
            self._first_words.setdefault(core[0], set()).add(key)

    def _windows(self, text: str) -> Iterator[_Window]:
        """Yield a text's runs of words that may be a name, longest first, then from the left."""
        words = _words(text)
        for length in range(min(len(words), _MOST_WORDS), 0, -1):
            for first in range(len(words) - length + 1):
                run = tuple(words[first : first + length])
                key = "".join(word.folded for word in run)
                if len(key) > self._longest + 2 or key.isdigit() or len(key) < 2:
                    continue
                if all(word.folded in CALL_WORDS or word.folded.isdigit() for word in run):
                    continue
                if len(key) < _SHORT_LETTERS and not self._may_be_short_name(key, run):
                    continue
                yield _Window(first, first + length - 1, run, key)

    def _may_be_short_name(self, key: str, words: tuple[_Word, ...]) -> bool:
        """Allow `HP`, but not `hp`, which may be anything; and `Inity`, but not `in ity`."""
        if len(key) == 2 and any(word.written != word.written.upper() for word in words):
            return False
        together = len({word.run for word in words}) == 1
        return together or len(words) in self._n_words.get(key, ())

    def _look_up(self, window: _Window) -> Iterator[tuple[str, Likeness]]:
        if window.key in self._deals:
            yield window.key, "same"
            return
        if len(window.key) < _STEM_LETTERS:
            return  # short names are known by equality alone
        cyrillic = _is_cyrillic(window.words[0].written)
        stem = "".join(_stem(word.folded, cyrillic=cyrillic) for word in window.words)
        stems = self._stems.get(stem, set())
        for key in sorted(stems):
            yield key, "ending"
        if stems:
            return
        others = self._sounds[not cyrillic]
        for key in sorted(others.get(sound_of(window.key), set())):
            yield key, "script"

    def _nearest(self, window: _Window) -> tuple[tuple[str, float], ...]:
        """Return (key, similarity) of the names spelt nearly like a run of words."""
        cyrillic = _is_cyrillic(window.words[0].written)
        asked = (window.key, cyrillic)
        if asked not in self._similar:
            # `intro Acme` need not be compared: the run without `intro` is, too.
            ends = {window.words[0].folded, window.words[-1].folded} - self._ends
            skipped = any(word in CALL_WORDS or word.isdigit() for word in ends)
            self._similar[asked] = () if skipped else tuple(self._spelt_nearly(*asked))
        return self._similar[asked]

    def _spelt_nearly(self, key: str, cyrillic: bool) -> Iterator[tuple[str, float]]:
        yield from _similar_to(key, self._long_keys)
        sounds = self._sounds[not cyrillic]
        for sound, similarity in _similar_to(sound_of(key), self._long_sounds[not cyrillic]):
            yield from ((name, similarity) for name in sounds[sound])

    @cached_property
    def _long_keys(self) -> Mapping[int, Sequence[str]]:
        return _by_length(self._deals)

    @cached_property
    def _long_sounds(self) -> Mapping[bool, Mapping[int, Sequence[str]]]:
        return {script: _by_length(sounds) for script, sounds in self._sounds.items()}

    def _hits(self, found: Iterable[tuple[str, Likeness, float]]) -> tuple[AccountHit, ...]:
        hits = (
            AccountHit(self._names[key], frozenset(self._deals[key]), likeness, similarity)
            for key, likeness, similarity in found
        )
        return tuple(sorted(hits, key=lambda hit: (hit.name, sorted(hit.deal_ids))))


def account_names(deal: Deal) -> tuple[str, ...]:
    """Return what a deal's account may be called, from its account columns and its own name.

    Examples:
        >>> account_names(Deal("D-1", "won", name="Acme - Renewal (2025)", account_id="A-17"))
        ('A-17', 'Acme - Renewal', 'Acme')
        >>> account_names(Deal("D-1", "won", name="New deal", attributes={"Company": "Acme Ltd"}))
        ('Acme Ltd', 'New deal')
    """
    columns = [
        value
        for column, value in deal.attributes.items()
        if value and normal_header(column) in ACCOUNT_COLUMNS
    ]
    names = [*([deal.account_id] if deal.account_id else []), *columns]
    if deal.name:
        whole = _PARENTHESES.sub(" ", deal.name).strip()
        names.append(whole)
        known = columns or (deal.account_id and not any(c.isdigit() for c in deal.account_id))
        if not known:
            names.append(_NAME_PARTS.split(whole)[0])
    return tuple(dict.fromkeys(name for name in names if any(c.isalpha() for c in name)))


@lru_cache(maxsize=100_000)
def fold(word: str) -> str:
    """Return a word in Latin letters and lower case.

    Examples:
        >>> fold("Żabka"), fold("Ромашка"), fold("Würth")
        ('zabka', 'romashka', 'wurth')
    """
    from anyascii import anyascii

    return re.sub(r"[^a-z0-9]", "", anyascii(word).lower())


@lru_cache(maxsize=100_000)
def sound_of(key: str) -> str:
    """Return a rough spelling that is the same whichever way a name was transliterated.

    Examples:
        >>> sound_of(fold("Технохолдинг")) == sound_of(fold("Technoholding"))
        True
        >>> sound_of(fold("Гетьман")) == sound_of(fold("Hetman"))
        True
    """
    for pattern, sound in _SOUNDS:
        key = pattern.sub(sound, key)
    return key


def _words(text: str) -> list[_Word]:
    """Return a text's words; `AcmeCorp` is two, which a run of words puts together again."""
    parts = (
        (part, run) for run, word in enumerate(_WORD.findall(text)) for part in _CAMEL.split(word)
    )
    return [_Word(fold(part), part, run) for part, run in parts if fold(part)]


def _without_legal_forms(words: list[str]) -> list[str]:
    """Cut legal forms off both ends of a name, as long as something remains.

    Examples:
        >>> _without_legal_forms(["acme", "sp", "z", "o", "o"]), _without_legal_forms(["ao", "x"])
        (['acme'], ['x'])
    """
    while True:
        last = next((n for n in (4, 3, 2, 1) if _is_legal_form(words[-n:], of=len(words))), 0)
        first = next((n for n in (3, 2, 1) if _is_legal_form(words[:n], of=len(words))), 0)
        if last:
            words = words[:-last]
        elif first:
            words = words[first:]
        else:
            return words


def _is_legal_form(words: list[str], *, of: int) -> bool:
    """Tell whether these are a legal form, and not all `of` the name's words."""
    if len(words) >= of or "".join(words) not in LEGAL_FORMS:
        return False
    # `z o.o.` comes as single letters; as one word it is where animals live.
    return words != ["zoo"] if len(words) == 1 else all(len(word) <= 2 for word in words)


def _stem(word: str, *, cyrillic: bool) -> str:
    """Return a word without its case ending where enough of it is left."""
    stem = _ENDING.sub("", word).rstrip("aeiouy")
    # `core` and `Cora` are two words; `Новою` and `Нова` are one.
    return stem if len(stem) >= _STEM_LETTERS - cyrillic else word


def _is_cyrillic(text: str) -> bool:
    return _CYRILLIC.search(text) is not None


def _by_length(keys: Iterable[str]) -> dict[int, list[str]]:
    """Return length in letters -> the keys that are long enough to be misspelt."""
    found: dict[int, list[str]] = {}
    for key in keys:
        if len(key) >= SIMILAR_LETTERS:
            found.setdefault(len(key), []).append(key)
    return found


def _similar_to(text: str, keys: Mapping[int, Sequence[str]]) -> Iterator[tuple[str, float]]:
    """Yield the keys near enough; those of another length by more than the edits are never."""
    from rapidfuzz import process
    from rapidfuzz.distance import OSA

    scorer = OSA.normalized_similarity
    for length in range(ceil(len(text) * SIMILAR_FROM), int(len(text) / SIMILAR_FROM) + 1):
        found = process.extract(
            text, keys.get(length, ()), scorer=scorer, score_cutoff=SIMILAR_FROM, limit=None
        )
        yield from ((key, similarity) for key, similarity, _ in found)
