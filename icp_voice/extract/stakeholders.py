"""Who of the buyer's side is on the call or talked about, in which role.

Present: on the attendee list, says so ("I'm the CTO here", "I run dispatch"), or is introduced
("with me is Anna, our CFO"). Mentioned: a title in the third person ("our CFO will want to see
this"). Titles decide the role; words near them the level and the function in the deal.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from icp_voice.extract.detector import (
    Detector,
    ReadSentence,
    compile_located,
    patterns_of,
    quote_span,
)
from icp_voice.extract.dialogue import ReadTurn
from icp_voice.extract.language import NAME_TAG, Sentence
from icp_voice.extract.patterns import Match, PatternIndex
from icp_voice.extract.taxonomy import Kind, Topic
from icp_voice.records import Level, Participant, Presence, Stakeholder

KIND = "stakeholder"
LEVELS: tuple[Level, ...] = ("c_level", "vp_director", "manager", "specialist")
_NEAR_TOKENS = 2  # how far from a title's words its level may stand
_OTHERS = frozenset({"their", "your", "ваш", "их", "їхній", "wasz", "ich"})
_SEVERAL = frozenset({"end_user"})
_GROUP_WORDS = frozenset({"team", "people", "department", "guys", "folk", "staff", "planners"})


@dataclass(frozen=True)
class _Title:
    """A job title found in words: its role, level and tokens."""

    role: str
    level: Level
    first: int
    last: int


class StakeholderReader:
    """Reads titles and mentions of one language. Made once and reused."""

    def __init__(self, detector: Detector) -> None:
        """Compile the roles of `stakeholder.yaml`; a taxonomy without it finds nobody."""
        self._detector = detector
        kind = detector.taxonomy.kind(KIND) or Kind(KIND, "", ())
        self._titles = PatternIndex()
        self._mentions = PatternIndex()
        self._levels = PatternIndex()
        self._functions = PatternIndex()
        language, compiler = detector.language, detector.compiler
        for topic in kind.topics:
            for located in patterns_of(topic.patterns, language):
                pattern = compile_located(compiler, located, topic.topic)
                self._mentions.add(pattern, topic)
                self._titles.add(pattern, topic)
            for located in patterns_of(topic.titles, language):
                self._titles.add(compile_located(compiler, located, topic.topic), topic)
        for index, groups in ((self._levels, kind.levels), (self._functions, kind.functions)):
            for label, by_language in groups.items():
                for located in patterns_of(by_language, language):
                    index.add(compile_located(compiler, located, label), label)

    def from_title(self, title: str) -> tuple[str, Level]:
        """Return role and level of an attendee's job title; `other` where no role fits.

        A company after a comma is left out: "CFO, Greenacre Home and Garden".
        """
        plain = title.split(",")[0]
        sentences = self._detector.analyzer.sentences(plain)
        if not sentences:
            return "other", "unknown"
        found = self._find(self._titles, sentences[0])
        level = self._level(sentences[0], 0, len(sentences[0].tokens))
        if not found:
            return "other", level
        # "Founder and CTO" is the technical lead: the function says more than the ownership.
        best = max(found, key=lambda t: (t.role != "ceo_founder", t.last - t.first, -t.first))
        return best.role, level

    def mentions(self, read: ReadSentence) -> list[_Title]:
        """Return the people of a sentence by their titles, overlapping ones once."""
        return self._find(self._mentions, read.sentence)

    def function(self, sentence: Sentence) -> str:
        """Return the function in the deal that a sentence states, or an empty text."""
        found = self._functions.search(sentence)
        return str(found[0][1]) if found else ""

    def _find(self, index: PatternIndex, sentence: Sentence) -> list[_Title]:
        found: list[tuple[Match, Topic]] = []
        for match, meaning in index.search(sentence):
            assert isinstance(meaning, Topic)
            found.append((match, meaning))
        found.sort(key=lambda item: (item[0].first - item[0].last, item[0].first))
        kept: list[_Title] = []
        for match, topic in found:
            if any(match.first < k.last and k.first < match.last for k in kept):
                continue
            level = self._level(sentence, match.first, match.last)
            kept.append(_Title(topic.topic, level, match.first, match.last))
        return sorted(kept, key=lambda t: t.first)

    def _level(self, sentence: Sentence, first: int, last: int) -> Level:
        """Return the highest level whose words stand in or next to a title."""
        near = range(max(0, first - _NEAR_TOKENS), last + _NEAR_TOKENS)
        labels = {
            str(label)
            for match, label in self._levels.search(sentence)
            if match.first in near and match.last - 1 in near
            and not (match.first >= last and sentence.tokens[match.first].breaks)
        }  # fmt: skip
        return next((level for level in LEVELS if level in labels), "unknown")


def find_stakeholders(
    participants: Sequence[Participant],
    turns: Sequence[ReadTurn],
    readers: "dict[str, StakeholderReader]",
    default_language: str,
) -> tuple[Stakeholder, ...]:
    """Return the buyer's people of a call: present ones first, each role and level once."""
    present = _from_participants(participants, readers, default_language)
    mentioned: list[Stakeholder] = []
    for read in turns:
        if read.side != "buyer":
            continue
        reader = readers[read.sentences[0].sentence.language] if read.sentences else None
        if reader is not None:
            for sentence in read.sentences:
                _read_sentence(read, sentence, reader, present, mentioned)
    present = [p for p in present if p.role != "other" or not _named_again(p, present)]
    merged = _merge(present)
    seen = {(p.role, p.level) for p in merged} | {(p.role, "unknown") for p in merged}
    names = {p.name.split()[0].lower() for p in merged if p.name}
    rest = [
        m for m in _merge(mentioned)
        if (m.role, m.level) not in seen or m.role in _SEVERAL
        if not (m.name and m.name.lower() in names)
    ]  # fmt: skip
    return (*merged, *rest)


def _from_participants(
    participants: Sequence[Participant], readers: "dict[str, StakeholderReader]", language: str
) -> list[Stakeholder]:
    found = []
    for person in participants:
        if person.side != "buyer":
            continue
        role, level = "other", "unknown"
        if person.title:
            for reader in _in_order(readers, language):
                role, level = reader.from_title(person.title)
                if role != "other":
                    break
        found.append(Stakeholder(role, level, "present", name=person.name))  # type: ignore[arg-type]
    return found


def _in_order(
    readers: "dict[str, StakeholderReader]", language: str
) -> Iterable[StakeholderReader]:
    """Yield the call's own language first: titles are often written in another one."""
    if language in readers:
        yield readers[language]
    yield from (reader for code, reader in sorted(readers.items()) if code != language)


def _read_sentence(
    read: ReadTurn,
    sentence: ReadSentence,
    reader: StakeholderReader,
    present: list[Stakeholder],
    mentioned: list[Stakeholder],
) -> None:
    """Add the people of one buyer's sentence; facts on the speaker go to their own entry."""
    detector = reader._detector
    words = sentence.sentence
    titles = reader.mentions(sentence)
    function = reader.function(words)
    speaks_of_self = detector.says("self_function", words)
    if function and speaks_of_self:
        _update(present, read.turn.speaker, function=function)
    introduces_self = detector.says("introduce_self", words)
    introduces = detector.says("introduce_other", words)
    for number, title in enumerate(titles):
        context = detector.context.statuses(words, sentence.triggers, title.first, title.last)
        if "negated" in context or "other_party" in context:
            continue
        if _of_others(words, title):
            continue
        if _is_group(words, title) and not detector.says("group_acts", words):
            continue
        start, end = quote_span(words, read.turn.text, title.first, title.last)
        presence: Presence = "mentioned"
        name: str | None = _name_near(words, title)
        if introduces_self and number == 0 and _is_self(detector, words, title):
            presence, name = "present", read.turn.speaker
        elif introduces:
            presence = "present"
        said = "" if speaks_of_self or presence == "present" else function
        person = Stakeholder(
            title.role, title.level, presence, said, name,
            read.turn.text[start:end], read.turn.start_s,
        )  # fmt: skip
        if presence == "present" and name == read.turn.speaker:
            _replace_unknown(present, person)
        else:
            (present if presence == "present" else mentioned).append(person)


def _of_others(sentence: Sentence, title: _Title) -> bool:
    """Return whether a title belongs to the seller's or a third company ("their CFO")."""
    before = sentence.tokens[max(0, title.first - 1) : title.last]
    return any(not _OTHERS.isdisjoint(token.forms) for token in before)


def _is_group(sentence: Sentence, title: _Title) -> bool:
    """Return whether a title names a group ("the sales team"), who count only if they act."""
    words = {form for t in sentence.tokens[title.first : title.last] for form in t.forms}
    return title.role in _SEVERAL or not words.isdisjoint(_GROUP_WORDS)


def _is_self(detector: Detector, sentence: Sentence, title: _Title) -> bool:
    """Return whether the title follows "I'm ..." rather than "I asked our ..."."""
    before = sentence.tokens[: title.first]
    return not any("our" in t.forms or "my" in t.forms for t in before[-2:])


def _name_near(sentence: Sentence, title: _Title) -> str | None:
    """Return a capitalised word next to a title ("Anna, our CFO")."""
    tokens = sentence.tokens
    window = [*range(title.last, min(len(tokens), title.last + 2)),
              *range(max(0, title.first - 3), title.first)]  # fmt: skip
    for position in window:
        token = tokens[position]
        if NAME_TAG in token.forms and token.text.isalpha() and not token.text.isupper():
            return str(token.text)
    return None


def _update(present: list[Stakeholder], name: str, *, function: str) -> None:
    for position, person in enumerate(present):
        if person.name == name and not person.function:
            present[position] = replace(person, function=function)


def _replace_unknown(present: list[Stakeholder], person: Stakeholder) -> None:
    """Let an attendee's own words fill what the list does not say."""
    for position, known in enumerate(present):
        if known.name == person.name:
            if known.role == "other":
                present[position] = replace(person, function=known.function)
            elif known.quote is None:
                present[position] = replace(known, quote=person.quote, start_s=person.start_s)
            return
    present.append(person)


def _named_again(person: Stakeholder, present: Sequence[Stakeholder]) -> bool:
    return any(p.name == person.name and p.role != "other" for p in present)


def _merge(people: Sequence[Stakeholder]) -> list[Stakeholder]:
    """Keep each person once: by name where it is known, else by role and level."""
    kept: dict[tuple[str, str, str], Stakeholder] = {}
    for person in people:
        key = (person.role, person.name or "", person.level if not person.name else "")
        known = kept.get(key)
        if known is None:
            kept[key] = person
            continue
        level = known.level if known.level != "unknown" else person.level
        kept[key] = replace(known, level=level, function=known.function or person.function)
    return list(kept.values())
