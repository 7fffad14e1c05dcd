"""Turn a speaker's words into sentences of tokens that patterns can be matched on.

spaCy's rule tokenizer does the splitting (no trained pipeline is needed). Lemmas come from
simplemma for English and Polish and from pymorphy3 for Russian and Ukrainian: spaCy's own modes
need packages that may be missing, and leave ambiguous words alone. A trained spaCy pipeline adds
its lemmas where one is installed. A token keeps its surface, its norm ("n't" is "not") and its
lemma, and a pattern may mean any of them: lookup lemmas are often wrong ("mamy" -> "mama").

Speech has no full stops: a recogniser's unpunctuated turn is cut before words that begin a clause.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from typing import Any

NUMBER_TAG = "#num"
NAME_TAG = "#name"
IT_DEPARTMENT = "itdept"  # written in capitals; the pronoun is no department
MAX_PLAIN_TOKENS = 26  # an unpunctuated stretch longer than this is cut at clause words
MIN_PIECE_TOKENS = 6
_SYMBOLS = frozenset("$€£%₽₴")
_SENTENCE_END = re.compile(r"[.?!…]+$")
_CLAUSE_MARKS = frozenset({",", ";", ":", "—", "–", "-", "...", "…", "(", ")", "--"})
_DIGITS = re.compile(r"^\d[\d.,:/]*(?:k|m|b|x|th|st|nd|rd|тыс|тис|млн|tys|mln)?$", re.IGNORECASE)
_ENGLISH_PARTS: Mapping[str, tuple[str, ...]] = {
    "'s": ("is", "be", "has", "have"),
    "'re": ("are", "be"),
    "'m": ("am", "be"),
    "'ve": ("have",),
    "'d": ("would", "had", "have"),
    "'ll": ("will",),
}
_TRAINED = {
    "en": ("en_core_web_md", "en_core_web_sm"),
    "ru": ("ru_core_news_md", "ru_core_news_sm"),
    "uk": ("uk_core_news_md", "uk_core_news_sm"),
    "pl": ("pl_core_news_md", "pl_core_news_sm"),
}


@dataclass(frozen=True)
class Token:
    """One word; `start` and `end` are character offsets in the turn's text.

    Attributes:
        forms: lower-case surface, norm, lemma and tags, without repeats.
        breaks: a comma or another mark of a clause stands before the word.
    """

    text: str
    start: int
    end: int
    forms: tuple[str, ...]
    breaks: bool = False


@dataclass(frozen=True)
class Sentence:
    """A sentence of a turn: words only, punctuation is kept as `breaks` and `end_mark`.

    Attributes:
        start, end: character offsets in the turn's text; `text[start:end]` is the sentence.
        end_mark: "?", "!", "." or "" where the text had no punctuation.
        dropped: offsets of fillers ("um") that were left out of the tokens.
    """

    language: str
    text: str
    start: int
    end: int
    tokens: tuple[Token, ...]
    end_mark: str = ""
    line: str = field(default="", compare=False)
    offsets: tuple[int, ...] = field(default=(), compare=False)

    @cached_property
    def forms(self) -> frozenset[str]:
        """All forms of all tokens, to look up which patterns can match at all."""
        return frozenset(form for token in self.tokens for form in token.forms)


def make_sentence(
    language: str, text: str, start: int, end: int, tokens: Sequence[Token], end_mark: str = ""
) -> Sentence:
    """Build a sentence with the line of forms that compiled patterns search.

    Each token is written as `|/form/form/`; `offsets[i]` is where token i begins in the line.
    """
    parts: list[str] = []
    offsets: list[int] = []
    position = 0
    for token in tokens:
        part = "|/" + "/".join(token.forms) + "/"
        offsets.append(position)
        parts.append(part)
        position += len(part)
    return Sentence(
        language, text, start, end, tuple(tokens), end_mark, "".join(parts), tuple(offsets)
    )


@dataclass(frozen=True)
class LanguageWords:
    """What `pipelines/taxonomy/words.yaml` says of one language.

    Attributes:
        fillers: words that carry nothing and are skipped, in text and in patterns.
        numbers: words for numbers.
        starters: words that begin a new clause in unpunctuated speech.
        spellings: how recognisers write a word -> the usual word.
    """

    fillers: frozenset[str] = frozenset()
    numbers: frozenset[str] = frozenset()
    starters: frozenset[str] = frozenset()
    spellings: Mapping[str, str] = field(default_factory=dict)
    macros: Mapping[str, str] = field(default_factory=dict)


class Analyzer:
    """Splits text of one language into sentences of tokens. Made once and reused."""

    def __init__(self, language: str, words: LanguageWords | None = None) -> None:
        """Load the language's tokenizer; a trained spaCy pipeline only where it is installed."""
        self.language = language
        self.words = words or LanguageWords()
        self._trained = _load_trained(language)
        self._nlp = self._trained or _blank(language)
        self._forms_of: dict[tuple[str, str], tuple[str, ...]] = {}

    def sentences(self, text: str) -> tuple[Sentence, ...]:
        """Return the sentences of a turn in order; together they hold all its words."""
        plain = text.replace("’", "'").replace("ʼ", "'").replace("`", "'")
        doc = self._nlp(plain) if self._trained is not None else self._nlp.make_doc(plain)
        sentences: list[Sentence] = []
        tokens: list[Token] = []
        breaks = False
        for word in doc:
            if word.is_space:
                continue
            mark = word.text
            if not any(c.isalnum() for c in mark) and mark not in _SYMBOLS:
                if _SENTENCE_END.search(mark) and mark not in ("...", "…", ".."):
                    self._close(sentences, plain, tokens, word.idx + len(mark), mark[-1])
                    tokens, breaks = [], False
                elif mark in _CLAUSE_MARKS and not _is_hyphen(doc, word):
                    breaks = True
                continue
            token = self._token(word, breaks=breaks, first=not tokens)
            breaks = False
            tokens.append(token)
        self._close(sentences, plain, tokens, len(plain), "")
        return tuple(sentences)

    def words_of(self, text: str) -> list[str]:
        """Return a pattern's word as the tokenizer would see it in a text, fillers left out."""
        parts = [w for w in self._nlp.make_doc(text.replace("’", "'")) if not w.is_space]
        words = [
            self._normal(w.lower_, w.norm_)
            for w in parts
            if any(c.isalnum() for c in w.text) or w.text in _SYMBOLS
        ]
        return [w for w in words if w not in self.words.fillers] or words

    def _token(self, word: Any, *, breaks: bool, first: bool) -> Token:
        forms = self._forms(word.lower_, word.norm_)
        if self._trained is not None and word.lemma_ and word.lemma_.lower() not in forms:
            forms = (*forms, word.lemma_.lower())
        text = word.text
        if text == "IT":
            forms = (*forms, IT_DEPARTMENT)
        if _looks_like_name(text, first=first):
            forms = (*forms, NAME_TAG)
        return Token(text, word.idx, word.idx + len(text), forms, breaks)

    def _forms(self, lower: str, norm: str) -> tuple[str, ...]:
        found = self._forms_of.get((lower, norm))
        if found is None:
            normal = self._normal(lower, norm)
            forms = [lower, normal]
            if self.language == "en":
                forms += _ENGLISH_PARTS.get(lower, ())
            forms += [lemma(self.language, form) for form in (normal, lower)]
            if not self.words.numbers.isdisjoint(forms) or _DIGITS.match(lower):
                forms.append(NUMBER_TAG)
            found = tuple(dict.fromkeys(form.replace("|", "").replace("/", "") for form in forms))
            self._forms_of[lower, norm] = found
        return found

    def _normal(self, lower: str, norm: str) -> str:
        plain = lower.replace("ё", "е")
        if plain in self.words.spellings:
            return self.words.spellings[plain]
        if self.language == "en" and norm not in ("", "'s", "'d"):
            return norm.lower()
        return plain

    def _close(
        self, sentences: list[Sentence], text: str, tokens: list[Token], end: int, mark: str
    ) -> None:
        """Add the collected tokens as one sentence, or as several where it runs on and on."""
        if not tokens:
            return
        pieces = self._pieces(tokens)
        for number, piece in enumerate(pieces):
            last = number == len(pieces) - 1
            stop = end if last else pieces[number + 1][0].start
            start = piece[0].start
            kept = [t for t in piece if not self.words.fillers.intersection(t.forms[:2])]
            sentences.append(
                make_sentence(
                    self.language, text[start:stop].strip(), start,
                    start + len(text[start:stop].rstrip()), kept or piece, mark if last else "",
                )
            )  # fmt: skip

    def _pieces(self, tokens: list[Token]) -> list[list[Token]]:
        if len(tokens) <= MAX_PLAIN_TOKENS:
            return [tokens]
        pieces: list[list[Token]] = [[]]
        for position, token in enumerate(tokens):
            rest = len(tokens) - position
            starts = token.forms[0] in self.words.starters or token.breaks
            if starts and len(pieces[-1]) >= MIN_PIECE_TOKENS and rest >= MIN_PIECE_TOKENS // 2:
                pieces.append([])
            pieces[-1].append(token)
        return pieces


def _looks_like_name(text: str, *, first: bool) -> bool:
    """Return whether a word is capitalised as names are: not only because it comes first."""
    if not text[0].isupper() or text == "I":
        return False
    mixed = text[1:] != text[1:].lower() or any(c.isdigit() for c in text)
    return mixed or not first


def _is_hyphen(doc: Any, word: Any) -> bool:
    """Return whether a dash joins two words ("copy-paste") rather than two clauses."""
    inside = 0 < word.i < len(doc) - 1
    return inside and word.text == "-" and not word.whitespace_ and not doc[word.i - 1].whitespace_


@lru_cache(maxsize=8)
def _blank(language: str) -> Any:
    import spacy

    return spacy.blank(language)


@lru_cache(maxsize=8)
def _load_trained(language: str) -> Any:
    """Return the best trained pipeline installed for a language, or None."""
    import spacy

    for name in _TRAINED.get(language, ()):
        if spacy.util.is_package(name):
            return spacy.load(name, disable=["parser", "ner"])
    return None


@lru_cache(maxsize=200_000)
def lemma(language: str, word: str) -> str:
    """Return the dictionary form of a lower-case word, or the word itself.

    Examples:
        >>> lemma("en", "spreadsheets")
        'spreadsheet'
        >>> lemma("ru", "вручную"), lemma("uk", "таблицях")
        ('вручную', 'таблиця')
    """
    if language in ("ru", "uk"):
        parsed = _morphology(language).parse(word)
        return str(parsed[0].normal_form).replace("ё", "е") if parsed else word
    if language in ("en", "pl"):
        import simplemma

        return simplemma.lemmatize(word, lang=language).lower()
    return word


@lru_cache(maxsize=2)
def _morphology(language: str) -> Any:
    import pymorphy3

    return pymorphy3.MorphAnalyzer(lang=language)
