"""Add what the classifier says to what the patterns found.

Only sentences of the buyer's side are asked about, and only the kinds that no pattern found in
them. The words around decide the status as they do for patterns, but for negation: a classifier
judges the sentence as a whole, "nobody uses it" included.
"""

from collections.abc import Sequence
from dataclasses import replace

from icp_voice.extract.classifier import Label, SentenceClassifier
from icp_voice.extract.context import decide
from icp_voice.extract.detector import Hit, ReadSentence
from icp_voice.extract.dialogue import ReadTurn
from icp_voice.extract.taxonomy import Taxonomy
from icp_voice.records import Status

DETECTOR = "classifier"
# A yes-no question may have the very words of the statement: "шифрование у вас есть".
_ASKED_BY_TUNE = frozenset({"ru", "uk", "pl"})
_WHOLE_SENTENCE: tuple[Status, ...] = ("hypothetical", "past", "other_party")


def add_learned(
    turns: Sequence[ReadTurn], classifier: SentenceClassifier, taxonomy: Taxonomy
) -> list[ReadTurn]:
    """Return the turns of a call with the classifier's hits beside those of the patterns."""
    asked: dict[str, list[str]] = {}
    for turn in turns:
        if turn.side == "buyer":
            for read in turn.sentences:
                asked.setdefault(read.sentence.language, []).append(_text(turn, read))
    said: dict[tuple[str, str], tuple[Label, ...]] = {}
    for language, texts in sorted(asked.items()):
        distinct = sorted(set(texts))
        labels = classifier.classify(distinct, language)
        said.update({(language, t): found for t, found in zip(distinct, labels, strict=True)})
    return [_add(turn, said, taxonomy) if turn.side == "buyer" else turn for turn in turns]


def _text(turn: ReadTurn, read: ReadSentence) -> str:
    return turn.turn.text[read.sentence.start : read.sentence.end]


def _add(
    turn: ReadTurn, said: dict[tuple[str, str], tuple[Label, ...]], taxonomy: Taxonomy
) -> ReadTurn:
    topics = {(hit.kind, hit.topic) for read in turn.sentences for hit in read.hits}
    sentences = []
    for read in turn.sentences:
        kinds = {hit.kind for hit in read.hits}
        labels = said.get((read.sentence.language, _text(turn, read)), ())
        fresh = [
            _hit(label, read, taxonomy)
            for label in labels
            if label.kind not in kinds
            and (label.kind, label.topic) not in topics
            and (label.kind != "question" or _may_ask(read))
        ]
        sentences.append(replace(read, hits=(*read.hits, *fresh)) if fresh else read)
    return replace(turn, sentences=tuple(sentences))


def _may_ask(read: ReadSentence) -> bool:
    """Return whether a sentence asks, or may ask where a recogniser left the mark out."""
    by_tune = not read.sentence.end_mark and read.sentence.language in _ASKED_BY_TUNE
    return read.is_question or by_tune


def _hit(label: Label, read: ReadSentence, taxonomy: Taxonomy) -> Hit:
    kind = taxonomy.kind(label.kind)
    allowed = next((t.statuses for t in kind.topics if t.topic == label.topic), ()) if kind else ()
    found = {t.rule.category for t in read.triggers}
    status = decide(frozenset(s for s in _WHOLE_SENTENCE if s in found), allowed)
    if read.is_question and "asked" in allowed and status == "asserted":
        status = "asked"
    start, end = read.sentence.start, read.sentence.end
    detector = f"{DETECTOR}:{label.topic}"
    return Hit(label.kind, label.topic, status, start, end, label.probability, detector)
