"""The stage as a whole: a transcript in, its signals and people out.

`load_extractor` compiles the taxonomy once; `Extractor.extract` reads one call. Only what the
buyer's side asserts becomes a trait; everything else is kept with its status, so that a reviewer
can see what was not counted, and why.
"""

import hashlib
import logging
from collections import Counter
from collections.abc import Mapping, Sequence
from functools import lru_cache
from pathlib import Path

from icp_voice.config import ExtractConfig
from icp_voice.embedding import SentenceEmbedder
from icp_voice.extract.classifier import SentenceClassifier
from icp_voice.extract.detector import Detector, Hit
from icp_voice.extract.dialogue import Elicited, ReadTurn, find_elicited
from icp_voice.extract.language import Analyzer
from icp_voice.extract.learned import add_learned
from icp_voice.extract.stakeholders import KIND as STAKEHOLDER
from icp_voice.extract.stakeholders import StakeholderReader, find_stakeholders
from icp_voice.extract.taxonomy import LANGUAGES, Taxonomy, load_taxonomy, read_words
from icp_voice.languages import detect_language
from icp_voice.records import (
    BuyerLine,
    Extraction,
    Participant,
    Side,
    Signal,
    Stakeholder,
    Transcript,
    Turn,
)
from icp_voice.resources import resource_path

logger = logging.getLogger(__name__)

# Part of `Extractor.key`: raise it when code changes what is found, so that reruns look again.
CODE_VERSION = 1
_MENTION = {"present": "is on the call", "mentioned": "is talked about"}
_LEVEL_WORDS = {
    "c_level": "C-level",
    "vp_director": "VP or director",
    "manager": "manager",
    "specialist": "specialist",
}
# The titles people say instead of "C-level"; every other role says the level.
_C_LEVEL_TITLES = {
    "finance": "A CFO",
    "hr": "A CHRO",
    "it": "A CTO or CIO",
    "legal": "A general counsel",
    "marketing": "A CMO",
    "operations": "A COO",
    "security_compliance": "A CISO",
}
_FUNCTION_WORDS = {
    "initiator": "started the search",
    "champion": "sells it inside",
    "economic_buyer": "releases the money",
    "decision_maker": "decides",
    "blocker": "resists",
    "influencer": "is consulted",
}


class Extractor:
    """Reads calls. Holds everything compiled; languages are prepared when they first occur."""

    def __init__(
        self, config: ExtractConfig, taxonomy: Taxonomy, embedder: SentenceEmbedder | None
    ) -> None:
        """Use `load_extractor`."""
        self._config = config
        self._taxonomy = taxonomy
        self._classifier = (
            SentenceClassifier(taxonomy, embedder) if embedder and config.classifier else None
        )
        self._detectors: dict[str, Detector] = {}
        self._readers: dict[str, StakeholderReader] = {}
        self.statements: Mapping[str, str] = _statements(taxonomy)

    @property
    def key(self) -> str:
        """Return the identity of everything that decides what is found."""
        parts = [taxonomy_version(self._taxonomy), str(self._config.side_confidence)]
        if self._classifier is not None:
            parts += [self._classifier.key_of(language) for language in LANGUAGES]
        return hashlib.sha256("\0".join(parts).encode()).hexdigest()[:16]

    def extract(self, transcript: Transcript) -> Extraction:
        """Read one call."""
        turns = self._read(transcript)
        if self._classifier is not None:
            turns = add_learned(turns, self._classifier, self._taxonomy)
        elicited = find_elicited(turns, self._detectors)
        signals = _signals(turns, elicited)
        language = _main_language(transcript)
        self._prepare(language)
        people = find_stakeholders(transcript.participants, turns, self._readers, language)
        logger.info(
            "call %s: %d turns, %d signals, %d people",
            transcript.call_id, len(turns), len(signals), len(people),
        )  # fmt: skip
        return Extraction(
            transcript.call_id,
            transcript.call,
            language,
            transcript.participants or _speakers(transcript),
            signals,
            people,
        )

    def _read(self, transcript: Transcript) -> list[ReadTurn]:
        turns = []
        for turn in transcript.turns:
            language = _language_of(turn, transcript)
            detector = self._prepare(language)
            side: Side = (
                turn.side if turn.side_confidence >= self._config.side_confidence else "unknown"
            )
            turns.append(ReadTurn(turn, side, detector.read(turn.text)))
        return turns

    def _prepare(self, language: str) -> Detector:
        if language not in self._detectors:
            detector = Detector(language, self._taxonomy)
            self._detectors[language] = detector
            self._readers[language] = StakeholderReader(detector)
        return self._detectors[language]


def load_extractor(
    config: ExtractConfig,
    *,
    embedder: SentenceEmbedder | None = None,
    languages: Sequence[str] = (),
) -> Extractor:
    """Read and compile the taxonomy.

    Args:
        config: the stage's settings; `taxonomy` names folders of the user's own YAML.
        embedder: the sentence model of the classifier; None leaves the patterns alone.
        languages: compiled right away, so that a mistake in a pattern shows here; others follow
            when they occur.

    Raises:
        TaxonomyError: a file or a pattern that does not follow the rules, with file and line.
    """
    taxonomy = load_taxonomy([Path(folder) for folder in config.taxonomy])
    extractor = Extractor(config, taxonomy, embedder)
    for language in languages:
        extractor._prepare(_known(language))
    return extractor


def buyer_lines(transcript: Transcript, *, deal_id: str | None = None) -> tuple[BuyerLine, ...]:
    """Return the sentences of the buyer's side in order, for themes."""
    lines: list[BuyerLine] = []
    for turn in transcript.turns:
        if turn.side != "buyer":
            continue
        language = _language_of(turn, transcript)
        for sentence in _analyzer(language).sentences(turn.text):
            start_s, end_s = _seconds(turn, sentence.start, sentence.end)
            text = turn.text[sentence.start : sentence.end]
            lines.append(
                BuyerLine(transcript.call_id, deal_id, turn.index, start_s, end_s, language, text)
            )
    return tuple(lines)


def trait_ids(extraction: Extraction) -> dict[str, Signal | Stakeholder]:
    """Return the traits of a call with the first signal or person that shows each."""
    traits: dict[str, Signal | Stakeholder] = {}
    for signal in extraction.signals:
        if signal.side == "buyer" and signal.status == "asserted":
            traits.setdefault(f"{signal.kind}/{signal.topic}", signal)
    for person in extraction.stakeholders:
        base = f"{STAKEHOLDER}/{person.role}"
        traits.setdefault(f"{base}/{person.presence}", person)
        if person.level != "unknown" and person.presence == "present":
            traits.setdefault(f"{base}/{person.level}/present", person)
        if person.function:
            traits.setdefault(f"{base}/{person.function}", person)
    return traits


@lru_cache(maxsize=8)
def _analyzer(language: str) -> Analyzer:
    """Return the analyzer of a language with the shipped word lists, as the detector has it."""
    words = read_words(resource_path("pipelines", "taxonomy", "words.yaml"))
    return Analyzer(language, words.get(language))


def taxonomy_version(taxonomy: Taxonomy) -> str:
    """Return the taxonomy's hash with the version of the code that reads it."""
    return f"{taxonomy.key}.{CODE_VERSION}"


def _signals(turns: Sequence[ReadTurn], elicited: Sequence[Elicited]) -> tuple[Signal, ...]:
    found: list[Signal] = []
    for read in turns:
        taken: set[tuple[str, str, str]] = set()
        for sentence in read.sentences:
            for hit in sentence.hits:
                key = (hit.kind, hit.topic, hit.status)
                if hit.kind == "question" and read.side == "seller":
                    continue
                if key in taken:
                    continue
                taken.add(key)
                found.append(_signal(hit, read.turn, read.turn, read.side, elicited=False))
    for item in elicited:
        found.append(_signal(item.hit, item.claim, item.answer, "buyer", elicited=True))
    return tuple(sorted(found, key=lambda s: (s.turn, s.start_s, s.elicited, s.kind, s.topic)))


def _signal(hit: Hit, said: Turn, placed: Turn, side: Side, *, elicited: bool) -> Signal:
    start_s, end_s = (placed.start_s, placed.end_s)
    if said is placed:
        start_s, end_s = _seconds(said, hit.start, hit.end)
    return Signal(
        kind=hit.kind,
        topic=hit.topic,
        status="asserted" if elicited else hit.status,
        side=side,
        speaker=placed.speaker,
        quote=said.text[hit.start : hit.end].strip(),
        turn=placed.index,
        start_s=start_s,
        end_s=end_s,
        language=said.language,
        elicited=elicited,
        confidence=hit.confidence,
        detector=hit.detector,
    )


def _seconds(turn: Turn, start: int, end: int) -> tuple[float, float]:
    """Return when a piece of a turn was said, taking its characters as evenly spoken."""
    length = max(1, len(turn.text))
    span = turn.end_s - turn.start_s
    return (
        round(turn.start_s + span * start / length, 3),
        round(turn.start_s + span * min(end, length) / length, 3),
    )


def _language_of(turn: Turn, transcript: Transcript) -> str:
    """Return the language to read a turn in, one of the four."""
    if turn.language in LANGUAGES:
        return turn.language
    known = [code for code in transcript.languages if code in LANGUAGES]
    return detect_language(turn.text, tuple(known) or LANGUAGES)


def _known(language: str) -> str:
    code = language.lower().split("-")[0]
    return code if code in LANGUAGES else "en"


def _main_language(transcript: Transcript) -> str:
    counts: Counter[str] = Counter()
    for turn in transcript.turns:
        counts[_language_of(turn, transcript)] += len(turn.text)
    if not counts:
        return _known(transcript.languages[0]) if transcript.languages else "en"
    return min(counts, key=lambda code: (-counts[code], code))


def _speakers(transcript: Transcript) -> tuple[Participant, ...]:
    """Return the speakers as participants, where no attendee list is known."""
    sides: dict[str, Side] = {}
    for turn in transcript.turns:
        sides.setdefault(turn.speaker, turn.side)
    return tuple(Participant(name, side) for name, side in sides.items())


def _statements(taxonomy: Taxonomy) -> dict[str, str]:
    """Return trait id -> the criterion in words."""
    statements: dict[str, str] = {}
    for topic in taxonomy.topics():
        if topic.kind != STAKEHOLDER:
            statements[f"{topic.kind}/{topic.topic}"] = topic.statement
            continue
        base = f"{STAKEHOLDER}/{topic.topic}"
        for presence, words in _MENTION.items():
            statements[f"{base}/{presence}"] = f"{topic.statement} {words}"
        for level, name in _LEVEL_WORDS.items():
            who = f"{topic.statement} ({name})"
            if level == "c_level":
                who = _C_LEVEL_TITLES.get(topic.topic, who)
            statements[f"{base}/{level}/present"] = f"{who} is on the call"
        for function, words in _FUNCTION_WORDS.items():
            statements[f"{base}/{function}"] = f"{topic.statement} {words}"
    return statements
