r"""The pattern language of `pipelines/taxonomy/`: compiled once, searched in lines of forms.

    copy (and)? paste            words; each matches a word's surface, norm or lemma
    (enter|type|key) .. by hand  alternatives; `..` skips up to 2 words, `...` up to 5 (never a
                                 negation)
    <number> (hour|day)          a word list of words.yaml, or a built-in class
    автоматиз*                   any word that begins so
    =us                          this surface or norm only, not its lemma
    !not work                    not at this word
    ^ how much ... $             sentence begins, sentence ends

Built-in classes: `<number>`, `<name>` (capitalised inside a sentence), `<product>` (a name of the
tool list), `<any>` (one word).

A sentence is one line of text in which each token is written `|/form/form/` (see `language.py`),
so a pattern is a regular expression over whole tokens. Every pattern knows forms one of which
must occur; only patterns whose set meets the sentence are tried at all.
"""

import re
from bisect import bisect_left
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cached_property

from icp_voice.errors import TaxonomyError
from icp_voice.extract.language import NAME_TAG, NUMBER_TAG, Analyzer, Sentence

PRODUCT_TAG = "#product"
_GAPS = {"..": 2, "...": 5}
_NEGATIONS = "not|never|no|nobody|не|нет|никто|ні|ніхто|нема|немає|nie|nikt"
_LEX = re.compile(r"\.\.\.?|<[\w-]+>|[()|?^]|\$(?!\w)|[!=]|[^\s()|?<>^!=]+")
_CLASSES = {"number": NUMBER_TAG, "name": NAME_TAG, "product": PRODUCT_TAG}
_COMMON_WORDS = """
    a an the be is are was were have has had do does did not no to of in on at for with by from we i
    you they he she it us our my your their this that and or so as all any some more much many too
    very one can could will would go get make need want time day year number thing work
    не на в у и й і та що что как як ми мы вы ви я это це по за до из з від
    w z na to jest nie się mamy do"""
_COMMON = frozenset(_COMMON_WORDS.split())


@dataclass(frozen=True)
class _Part:
    """A piece of a pattern: its regular expression and the forms one of which it needs."""

    regex: str
    needs: frozenset[str] | None = None


@dataclass(frozen=True)
class Pattern:
    """A compiled pattern.

    Attributes:
        needs: forms (or beginnings, written `x*`) one of which any match contains; None: unknown.
    """

    text: str
    source: str
    needs: frozenset[str] | None

    @cached_property
    def regex(self) -> re.Pattern[str]:
        """The regular expression; compiled when it is first tried: most never are in one call."""
        return re.compile(self.source)


@dataclass(frozen=True)
class Match:
    """Where a pattern matched: token positions `first` <= i < `last` of the sentence."""

    pattern: Pattern
    first: int
    last: int


class PatternCompiler:
    """Compiles patterns of one language; macros come from `words.yaml`."""

    def __init__(self, analyzer: Analyzer) -> None:
        """Keep the analyzer, whose tokenizer also splits the words of patterns."""
        self._analyzer = analyzer
        self._macros: dict[str, _Part] = {}
        self._open: list[str] = []

    def compile(self, text: str) -> Pattern:
        """Compile one pattern.

        Raises:
            TaxonomyError: unbalanced brackets, an unknown list, or a pattern that matches nothing
                or anything.
        """
        symbols = _LEX.findall(text)
        part, rest = self._alternatives(symbols, text)
        if rest:
            raise TaxonomyError(f"pattern {text!r} has a closing bracket too many")
        if part.needs is None:
            raise TaxonomyError(f"pattern {text!r} has no word that must occur")
        return Pattern(text, part.regex, part.needs)

    def _alternatives(self, symbols: list[str], text: str) -> tuple[_Part, list[str]]:
        branches: list[_Part] = []
        while True:
            branch, symbols = self._sequence(symbols, text)
            branches.append(branch)
            if not symbols or symbols[0] != "|":
                break
            symbols = symbols[1:]
        if len(branches) == 1:
            return branches[0], symbols
        needs: frozenset[str] | None = frozenset()
        for branch in branches:
            needs = None if needs is None or branch.needs is None else needs | branch.needs
        return _Part("(?:" + "|".join(b.regex for b in branches) + ")", needs), symbols

    def _sequence(self, symbols: list[str], text: str) -> tuple[_Part, list[str]]:
        parts: list[_Part] = []
        while symbols and symbols[0] not in "|)":
            symbol, symbols = symbols[0], symbols[1:]
            part: _Part
            if symbol == "(":
                part, symbols = self._alternatives(symbols, text)
                if not symbols or symbols[0] != ")":
                    raise TaxonomyError(f"pattern {text!r} lacks a closing bracket")
                symbols = symbols[1:]
            elif symbol in ("!", "="):
                if not symbols:
                    raise TaxonomyError(f"pattern {text!r} ends with {symbol!r}")
                part, symbols = self._marked(symbol, symbols, text)
            else:
                part = self._symbol(symbol, text)
            if symbols and symbols[0] == "?":
                part, symbols = _Part(f"(?:{part.regex})?"), symbols[1:]
            parts.append(part)
        if not parts:
            raise TaxonomyError(f"pattern {text!r} has an empty alternative")
        known = [p.needs for p in parts if p.needs]
        best = max(known, key=_rarity) if known else None
        return _Part("".join(p.regex for p in parts), best), symbols

    def _marked(self, mark: str, symbols: list[str], text: str) -> tuple[_Part, list[str]]:
        """Compile what stands after `!` (not here) or `=` (surface only)."""
        if mark == "=":
            word = symbols[0].lower()
            return _Part(rf"\|/{re.escape(word)}/[^|]*", frozenset({word})), symbols[1:]
        if symbols[0] == "(":
            inner, rest = self._alternatives(symbols[1:], text)
            if not rest or rest[0] != ")":
                raise TaxonomyError(f"pattern {text!r} lacks a closing bracket")
            return _Part(f"(?!{inner.regex})"), rest[1:]
        return _Part(f"(?!{self._symbol(symbols[0], text).regex})"), symbols[1:]

    def _symbol(self, symbol: str, text: str) -> _Part:
        if symbol in _GAPS:
            return _Part(rf"(?:\|(?![^|]*/(?:{_NEGATIONS})/)[^|]*){{0,{_GAPS[symbol]}}}?")
        if symbol == "^":
            return _Part(r"\A")
        if symbol == "$":
            return _Part(r"\Z")
        if symbol.startswith("<"):
            return self._macro(symbol[1:-1], text)
        if symbol == "?":
            raise TaxonomyError(f"pattern {text!r} has a '?' with nothing before it")
        if symbol.endswith("*"):
            stem = symbol[:-1].lower().replace("ё", "е")
            if len(stem) < 2:
                raise TaxonomyError(f"pattern {text!r}: {symbol!r} is too short")
            return _Part(rf"\|[^|]*/{re.escape(stem)}[^|/]*/[^|]*", frozenset({stem + "*"}))
        words = self._analyzer.words_of(symbol.lower())
        if not words:
            raise TaxonomyError(f"pattern {text!r}: {symbol!r} is no word")
        regex = "".join(rf"\|[^|]*/{re.escape(word)}/[^|]*" for word in words)
        return _Part(regex, frozenset({max(words, key=lambda w: _rarity(frozenset({w})))}))

    def _macro(self, name: str, text: str) -> _Part:
        if name in _CLASSES:
            tag = _CLASSES[name]
            one = rf"\|[^|]*/{tag}/[^|]*"
            return _Part(rf"(?:{one}){{1,6}}" if name != "product" else one, frozenset({tag}))
        if name == "any":
            return _Part(r"\|[^|]*")
        if name not in self._macros:
            definition = self._analyzer.words.macros.get(name)
            if definition is None:
                raise TaxonomyError(f"pattern {text!r} names an unknown list <{name}>")
            if name in self._open:
                raise TaxonomyError(f"list <{name}> contains itself")
            self._open.append(name)
            part, rest = self._alternatives(_LEX.findall(definition), definition)
            self._open.pop()
            if rest:
                raise TaxonomyError(f"list <{name}> has a closing bracket too many")
            self._macros[name] = _Part(f"(?:{part.regex})", part.needs)
        return self._macros[name]


def _rarity(forms: frozenset[str]) -> tuple[int, int]:
    """Order sets of needed forms: rare words first, short lists of them before long ones."""
    weakest = min(0 if form.rstrip("*") in _COMMON else min(len(form), 6) for form in forms)
    return (weakest, -len(forms))


@dataclass
class PatternIndex:
    """Patterns with what they stand for, looked up by the forms of a sentence."""

    entries: list[tuple[Pattern, object]] = field(default_factory=list)
    _by_form: dict[str, list[int]] = field(default_factory=dict)
    _by_stem: dict[int, dict[str, list[int]]] = field(default_factory=dict)

    def add(self, pattern: Pattern, meaning: object) -> None:
        """Add a pattern under its needed forms."""
        number = len(self.entries)
        self.entries.append((pattern, meaning))
        for form in sorted(pattern.needs or ()):
            if form.endswith("*"):
                stem = form[:-1]
                self._by_stem.setdefault(len(stem), {}).setdefault(stem, []).append(number)
            else:
                self._by_form.setdefault(form, []).append(number)

    def search(self, sentence: Sentence) -> list[tuple[Match, object]]:
        """Return every match with its meaning, in the order the patterns were added."""
        numbers: set[int] = set()
        for form in sentence.forms:
            numbers.update(self._by_form.get(form, ()))
            for size, stems in self._by_stem.items():
                numbers.update(stems.get(form[:size], ()))
        found: list[tuple[Match, object]] = []
        for number in sorted(numbers):
            pattern, meaning = self.entries[number]
            found.extend((match, meaning) for match in find(pattern, sentence))
        return found


def find(pattern: Pattern, sentence: Sentence) -> Iterable[Match]:
    """Yield the matches of one pattern, left to right, not overlapping."""
    for hit in pattern.regex.finditer(sentence.line):
        first = bisect_left(sentence.offsets, hit.start())
        last = bisect_left(sentence.offsets, hit.end())
        if last > first:
            yield Match(pattern, first, last)
