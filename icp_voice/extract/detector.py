"""What one sentence says: patterns, product names, and the status its context gives them."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from icp_voice.errors import TaxonomyError
from icp_voice.extract.context import ContextReader, Trigger, decide
from icp_voice.extract.language import NAME_TAG, Analyzer, Sentence, make_sentence
from icp_voice.extract.patterns import PRODUCT_TAG, Pattern, PatternCompiler, PatternIndex, find
from icp_voice.extract.taxonomy import Kind, Located, Taxonomy, Topic
from icp_voice.records import Status

PRODUCT_KIND = "tool"
MAX_QUOTE_TOKENS = 16  # a longer sentence is quoted by the clauses that hold the match
MIN_QUOTE_TOKENS = 5
PATTERN_CONFIDENCE = 0.9
_DENIALS = frozenset({"not", "no", "never", "nobody", "не", "нет", "нема", "немає", "ні", "nie"})


@dataclass(frozen=True)
class Hit:
    """One topic found in one sentence.

    Attributes:
        start, end: character offsets of the quote in the turn's text.
        detector: `pattern:<topic>` or `classifier:<model>`.
        denies: the matched words hold a negation ("can not see").
    """

    kind: str
    topic: str
    status: Status
    start: int
    end: int
    confidence: float
    detector: str
    denies: bool = False


@dataclass(frozen=True)
class ReadSentence:
    """A sentence with what was found in it."""

    sentence: Sentence
    triggers: tuple[Trigger, ...]
    is_question: bool
    hits: tuple[Hit, ...]


class Detector:
    """Everything compiled for one language. Made once and reused."""

    def __init__(self, language: str, taxonomy: Taxonomy) -> None:
        """Compile the patterns of a language.

        Raises:
            TaxonomyError: a pattern can't be compiled, with file, topic and line.
        """
        self.language = language
        self.taxonomy = taxonomy
        words = taxonomy.words.get(language)
        self.analyzer = Analyzer(language, words)
        self.compiler = PatternCompiler(self.analyzer)
        self.context = ContextReader(self.compiler, taxonomy.context.get(language, ()))
        self._answers = {
            name: [compile_located(self.compiler, p) for p in patterns]
            for name, patterns in taxonomy.answers.get(language, {}).items()
        }
        self._products = PatternIndex()
        self._index = PatternIndex()
        for kind in taxonomy.kinds:
            self._add_kind(kind)

    def _add_kind(self, kind: Kind) -> None:
        if kind.kind == "stakeholder":
            return
        for topic in kind.topics:
            index = self._products if kind.kind == PRODUCT_KIND else self._index
            for located in patterns_of(topic.patterns, self.language):
                index.add(compile_located(self.compiler, located, topic.topic), topic)
        for located in patterns_of(kind.named, self.language):
            self._index.add(compile_located(self.compiler, located), kind)

    def read(self, text: str) -> tuple[ReadSentence, ...]:
        """Split a turn into sentences and find what each of them says."""
        return tuple(self._read_sentence(s, text) for s in self.analyzer.sentences(text))

    def says(self, name: str, sentence: Sentence) -> bool:
        """Return whether a sentence matches one of the `answers` lists (yes, no, but, ...)."""
        return any(any(True for _ in find(p, sentence)) for p in self._answers.get(name, ()))

    def _read_sentence(self, sentence: Sentence, text: str) -> ReadSentence:
        products = self._find_products(sentence)
        tagged = _tag_products(sentence, products)
        triggers = self.context.triggers(tagged)
        question = self._is_question(tagged)
        best: dict[tuple[str, str], Hit] = {}
        rivals: set[str] = set()
        for match, meaning in self._index.search(tagged):
            span = range(match.first, match.last)
            if isinstance(meaning, Topic):
                if meaning.kind == "question" and not question:
                    continue
                found = [(meaning.kind, meaning.topic, meaning.statuses)]
            else:
                assert isinstance(meaning, Kind)
                names = _names_in(tagged, products, span)
                found = [(meaning.kind, name, meaning.statuses) for name in names]
                if meaning.kind == "competitor":
                    rivals.update(names)
            for kind, topic, allowed in found:
                status = self._status(tagged, triggers, span, allowed, question)
                hit = self._hit(kind, topic, status, tagged, text, span)
                known = best.get((kind, topic))
                if known is None or _reads_better(hit, known):
                    best[kind, topic] = hit
        tool = self.taxonomy.kind(PRODUCT_KIND)
        for first, last, product in products:
            key = (PRODUCT_KIND, product.topic)
            if product.ambiguous or key in best or product.topic in rivals or tool is None:
                continue
            span = range(first, last)
            status = self._status(tagged, triggers, span, product.statuses, question)
            best[key] = self._hit(*key, status, tagged, text, span)
        return ReadSentence(tagged, triggers, question, tuple(best.values()))

    def _status(
        self,
        sentence: Sentence,
        triggers: Sequence[Trigger],
        span: range,
        allowed: Sequence[str],
        question: bool,
    ) -> Status:
        found = self.context.statuses(sentence, triggers, span.start, span.stop)
        status = decide(found, allowed)
        if question and "asked" in allowed and status == "asserted":
            return "asked"
        return status

    def _hit(
        self, kind: str, topic: str, status: Status, sentence: Sentence, text: str, span: range
    ) -> Hit:
        start, end = quote_span(sentence, text, span.start, span.stop)
        words = sentence.tokens[span.start : span.stop]
        denies = any(not _DENIALS.isdisjoint(token.forms) for token in words)
        return Hit(kind, topic, status, start, end, PATTERN_CONFIDENCE, f"pattern:{topic}", denies)

    def _is_question(self, sentence: Sentence) -> bool:
        """Return whether a sentence asks; recognisers often leave the mark out."""
        if sentence.end_mark == "?":
            return not self.says("tag", sentence)
        return not sentence.end_mark and self.says("question", sentence)

    def _find_products(self, sentence: Sentence) -> list[tuple[int, int, Topic]]:
        found = []
        for match, meaning in self._products.search(sentence):
            assert isinstance(meaning, Topic)
            found.append((match.first, match.last, meaning))
        found.sort(key=lambda item: (item[0], -item[1]))
        kept: list[tuple[int, int, Topic]] = []
        for item in found:
            if not kept or item[0] >= kept[-1][1]:
                kept.append(item)
        return kept


def _reads_better(hit: Hit, known: Hit) -> bool:
    """Return whether a match holds the very negation that made another one read as negated."""
    return hit.status == "asserted" and hit.denies and known.status == "negated"


def compile_located(compiler: PatternCompiler, located: Located, topic: str = "") -> Pattern:
    """Compile a pattern; an error names its file, topic and line.

    Raises:
        TaxonomyError: the pattern can't be compiled.
    """
    try:
        return compiler.compile(located.text)
    except TaxonomyError as error:
        where = f"{located.path.name} line {located.line}" + (f", {topic}" if topic else "")
        raise TaxonomyError(f"{where}: {error}.", path=located.path) from error


def patterns_of(
    by_language: Mapping[str, tuple[Located, ...]], language: str
) -> tuple[Located, ...]:
    """Return the patterns of a language and those of every language."""
    return (*by_language.get("any", ()), *by_language.get(language, ()))


def _tag_products(sentence: Sentence, products: Iterable[tuple[int, int, Topic]]) -> Sentence:
    """Return the sentence with the tokens of product names tagged."""
    tokens = list(sentence.tokens)
    changed = False
    for first, last, _ in products:
        changed = True
        for position in range(first, last):
            token = tokens[position]
            tokens[position] = replace(token, forms=(*token.forms, PRODUCT_TAG))
    if not changed:
        return sentence
    return make_sentence(
        sentence.language, sentence.text, sentence.start, sentence.end, tokens, sentence.end_mark
    )


def _names_in(
    sentence: Sentence, products: Sequence[tuple[int, int, Topic]], span: range
) -> list[str]:
    """Return the topics of the products in a span; else its capitalised words as one name."""
    topics = [t.topic for first, last, t in products if first in span and last - 1 in span]
    if topics:
        return topics
    words: list[str] = []
    for position in span:
        token = sentence.tokens[position]
        if NAME_TAG in token.forms and PRODUCT_TAG not in token.forms:
            words.append(token.forms[0])
        elif words:
            break
    name = "_".join(words)
    return [name] if len(name) > 2 else []


def quote_span(sentence: Sentence, text: str, first: int, last: int) -> tuple[int, int]:
    """Return the offsets of the words to quote: the sentence, or the clauses around a match.

    Args:
        sentence: where the match stands.
        text: the turn's text.
        first: first token of the match.
        last: one past its last token.
    """
    tokens = sentence.tokens
    if len(tokens) <= MAX_QUOTE_TOKENS:
        return sentence.start, sentence.end
    low, high = first, last
    while low > 0 and not tokens[low].breaks:
        low -= 1
    while high < len(tokens) and not tokens[high].breaks:
        high += 1
    while high - low < MIN_QUOTE_TOKENS and (low > 0 or high < len(tokens)):
        if high < len(tokens):
            high += 1
            while high < len(tokens) and not tokens[high].breaks:
                high += 1
        else:
            low -= 1
            while low > 0 and not tokens[low].breaks:
                low -= 1
    if high - low > MAX_QUOTE_TOKENS:
        spare = max(0, MAX_QUOTE_TOKENS - (last - first)) // 2
        low, high = max(low, first - spare), min(high, last + spare)
    start = tokens[low].start
    end = sentence.end if high >= len(tokens) else tokens[high - 1].end
    return start, end
