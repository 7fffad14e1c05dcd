"""Tell who is the seller and who the buyer, from names first and from words where names fail.

Shared by `ingest` (speaker labels of transcripts) and `transcribe` (separated voices). Each
speaker gets a side and a confidence in [0, 1]; below `MIN_CONFIDENCE` the side is `unknown`, for
a wrong side turns a seller's question into a buyer's pain.
"""

import math
import re
import unicodedata
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from icp_voice.languages import detect_language
from icp_voice.records import Participant, Side
from icp_voice.side_words import CUES, FILLERS, QUESTION, WE, YOU

MIN_CONFIDENCE = 0.8
ATTENDEE_CONFIDENCE = 0.98
FIRST_NAME_CONFIDENCE = 0.92
LAST_ONE_LEFT_CONFIDENCE = 0.85
CONFIGURED_CONFIDENCE = 0.95

_OPENING_TURNS = 14
_MAX_COUNT = 2
# Points of each kind of evidence and the slope that turns points into a probability.
_YOU_POINTS, _QUESTION_POINTS = 3.0, 3.0
_FEW_WORDS = 6
_OWN_NAME_POINTS, _OTHERS_NAME_POINTS, _MAX_NAME_POINTS = 3.0, 1.0, 4.0
_SLOPE = 0.8
# A handful of words is little evidence either way.
_ENOUGH_WORDS = 25
_SILENT_POINTS, _SELLER_SHARE = 2.0, 0.15
_MAX_WORDS_CONFIDENCE = 0.97
_INTRODUCTION = re.compile(
    r"\b(?:this is|i am|i'm|my name is|меня зовут|мене звати|nazywam się|это|це) (\w+(?: \w+)?)",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class SpokenLine:
    """What one speaker said in one go, in the order of the call."""

    speaker: str
    text: str


@dataclass(frozen=True)
class SideGuess:
    """A side and how sure it is; `participant` is the attendee the speaker was found to be."""

    side: Side
    confidence: float
    participant: Participant | None = None


def assign_sides(
    lines: Sequence[SpokenLine],
    *,
    participants: Sequence[Participant] = (),
    seller_names: Sequence[str] = (),
    seller_domains: Sequence[str] = (),
) -> dict[str, SideGuess]:
    """Return speaker -> side.

    Attendees decide, then the configured names of our side, then the words. A speaker whose words
    contradict nothing but say little stays `unknown` with the confidence there is.

    Args:
        lines: the call from top to bottom.
        participants: attendees, with their side where it is known.
        seller_names: people or the company on our side, as speaker labels may carry them.
        seller_domains: mail domains; an attendee with such an address is a seller.
    """
    speakers = list(dict.fromkeys(line.speaker for line in lines))
    people = [with_domain_side(person, seller_domains) for person in participants]
    guesses: dict[str, SideGuess] = {}
    for speaker in speakers:
        found = find_participant(speaker, people)
        if found is not None and found[0].side != "unknown":
            guesses[speaker] = SideGuess(found[0].side, found[1], found[0])
        elif any(_same_name(speaker, name) for name in seller_names):
            guesses[speaker] = SideGuess("seller", CONFIGURED_CONFIDENCE)
    rest = [speaker for speaker in speakers if speaker not in guesses]
    guesses |= _last_ones_left(rest, people, guesses)
    rest = [speaker for speaker in speakers if speaker not in guesses]
    if rest:
        by_words = sides_by_words(lines, people=people)
        known = {guess.side for guess in guesses.values()}
        # Who is not on the list of our people is most likely theirs, however many they are.
        listed = any(_same_name(speaker, name) for speaker in speakers for name in seller_names)
        others_alike = listed or len(rest) == 1
        for speaker in rest:
            guesses[speaker] = _with_known(by_words[speaker], known, alone=others_alike)
    return {speaker: _unless_sure(guesses[speaker]) for speaker in speakers}


def sides_by_words(
    lines: Sequence[SpokenLine], *, people: Sequence[Participant] = ()
) -> dict[str, SideGuess]:
    """Return speaker -> more likely side with its probability, from words alone.

    Each speaker gets points for the phrases of `side_words`, for speaking of "you" more than of
    "us", for asking, and for the attendees' names said; the points are compared with the other
    speakers' and with none. Where one attendee alone sells, one speaker alone does.

    Args:
        lines: the call from top to bottom.
        people: attendees with their sides.
    """
    speakers = list(dict.fromkeys(line.speaker for line in lines))
    names = _first_names(people)
    spoken = Counter[str]()
    for line in lines:
        spoken[line.speaker] += len(line.text.split())
    points = {
        speaker: min(1.0, spoken[speaker] / _ENOUGH_WORDS)
        * (seller_points(lines, speaker) + _name_points(lines, speaker, names))
        for speaker in speakers
    }
    one_seller = sum(1 for person in people if person.side == "seller") == 1
    if one_seller and len(speakers) > 2:
        # Who alone sells to several people does not keep silent.
        n_words = max(1, sum(spoken.values()))
        for speaker in speakers:
            share = spoken[speaker] / n_words
            points[speaker] -= _SILENT_POINTS * max(0.0, 1.0 - share / _SELLER_SHARE)
    ranked = sorted(points.values(), reverse=True)
    guesses = {}
    for speaker in speakers:
        own = points[speaker]
        if one_seller and len(speakers) > 1:
            rival = ranked[1] if own == ranked[0] else ranked[0]
            logit = _SLOPE * (own - rival)
        elif len(speakers) > 1:
            # The most seller-like of the others is who to differ from.
            others = [points[other] for other in speakers if other != speaker]
            rival = max(others) if own < max(others) else sum(others) / len(others)
            logit = _SLOPE * (0.4 * own + 0.6 * (own - rival))
        else:
            logit = _SLOPE * own
        probability = 1.0 / (1.0 + math.exp(-logit))
        side: Side = "seller" if probability >= 0.5 else "buyer"
        confidence = min(max(probability, 1.0 - probability), _MAX_WORDS_CONFIDENCE)
        guesses[speaker] = SideGuess(side, round(confidence, 3))
    return guesses


def seller_points(lines: Sequence[SpokenLine], speaker: str) -> float:
    """Return the evidence that a speaker sells; negative where it says the speaker buys."""
    own = [(i, line.text) for i, line in enumerate(lines) if line.speaker == speaker]
    counts: Counter[int] = Counter()
    total = 0.0
    n_you = n_we = n_questions = 0
    for i, text in own:
        for cue in CUES.get(detect_language(text), ()):
            if cue.opening and i >= _OPENING_TURNS:
                continue
            if counts[id(cue)] < _MAX_COUNT and cue.pattern.search(text):
                counts[id(cue)] += 1
                total += cue.points
        plain = FILLERS.sub(" ", text)
        n_you += len(YOU.findall(plain))
        n_we += len(WE.findall(plain))
        n_questions += bool(QUESTION.search(text))
    n_words = n_you + n_we
    if n_words:
        total += _YOU_POINTS * min(1.0, n_words / _FEW_WORDS) * (n_you - n_we) / n_words
    if own:
        total += _QUESTION_POINTS * min(1.0, len(own) / 4) * (n_questions / len(own) - 0.25)
    return total


def _first_names(people: Sequence[Participant]) -> dict[str, Side]:
    """Return first name -> side, for names that stand on one side only."""
    sides: dict[str, set[Side]] = {}
    for person in people:
        words = name_words(person.name)
        if words and person.side != "unknown":
            sides.setdefault(words[0], set()).add(person.side)
    return {name: next(iter(found)) for name, found in sides.items() if len(found) == 1}


def _name_points(lines: Sequence[SpokenLine], speaker: str, names: Mapping[str, Side]) -> float:
    """Return points for names: people say their own in introductions, and others' to address them.

    Two people of one side address each other too, but less: the other side is who one talks to.
    """
    total = 0.0
    for line in lines:
        if line.speaker != speaker or not names:
            continue
        said = [(name, side) for name, side in names.items() if name in name_words(line.text)]
        own = _INTRODUCTION.search(line.text)
        for name, side in said:
            sells = 1.0 if side == "seller" else -1.0
            if own and name in name_words(own[1]):
                total += _OWN_NAME_POINTS * sells
            else:
                total -= _OTHERS_NAME_POINTS * sells
    return max(-_MAX_NAME_POINTS, min(_MAX_NAME_POINTS, total))


def find_participant(
    label: str, participants: Sequence[Participant]
) -> tuple[Participant, float] | None:
    """Return the attendee that a speaker label names, with the confidence of that.

    Letter case, spaces, diacritics and the order of names do not matter; a first name alone
    counts where one attendee only has it.

    Examples:
        >>> people = [Participant("Paweł Ciesielski", "seller"), Participant("Halina Wrona")]
        >>> find_participant("PAWEL", people)[0].name
        'Paweł Ciesielski'
    """
    words = name_words(label)
    if not words:
        return None
    same = [p for p in participants if set(name_words(p.name)) == set(words)]
    if len(same) == 1:
        return same[0], ATTENDEE_CONFIDENCE
    part = [
        p
        for p in participants
        if set(name_words(p.name)) <= set(words) or set(words) <= set(name_words(p.name))
        if name_words(p.name)
    ]
    if len(part) == 1:
        return part[0], FIRST_NAME_CONFIDENCE
    return None


def name_words(name: str) -> tuple[str, ...]:
    """Return the words of a name without letter case, diacritics, and a company in brackets.

    Examples:
        >>> name_words("Zażółć, Łukasz (Acme)")
        ('zazolc', 'lukasz')
    """
    plain = re.sub(r"[(\[].*?[)\]]", " ", name) if not name.strip().startswith(("(", "[")) else name
    folded = unicodedata.normalize("NFKD", plain.casefold().replace("ł", "l").replace("ё", "е"))
    letters = "".join(c for c in folded if not unicodedata.combining(c))
    return tuple(re.findall(r"[^\W_]+", unicodedata.normalize("NFC", letters)))


def with_domain_side(person: Participant, seller_domains: Sequence[str]) -> Participant:
    """Return the attendee with a side by mail domain where the attendee has none."""
    if person.side != "unknown" or not person.email or not seller_domains:
        return person
    domain = person.email.rpartition("@")[2].casefold()
    ours = any(
        domain == d.casefold().lstrip("@") or domain.endswith("." + d.casefold().lstrip("@"))
        for d in seller_domains
    )
    return Participant(person.name, "seller" if ours else "buyer", person.title, person.email)


def _same_name(label: str, configured: str) -> bool:
    """Tell whether a speaker label names a configured person or carries the company's name."""
    wanted = set(name_words(configured))
    in_brackets = set(name_words(" ".join(re.findall(r"[(\[](.*?)[)\]]", label))))
    return bool(wanted) and (wanted <= set(name_words(label)) or wanted <= in_brackets)


def _last_ones_left(
    speakers: Sequence[str], people: Sequence[Participant], guesses: Mapping[str, SideGuess]
) -> dict[str, SideGuess]:
    """Give speakers nobody named the side that all attendees not yet heard have in common."""
    heard = {guess.participant.name for guess in guesses.values() if guess.participant}
    if not heard:
        return {}
    left = {person.side for person in people if person.name not in heard}
    if len(left) != 1 or "unknown" in left:
        return {}
    (side,) = left
    return {speaker: SideGuess(side, LAST_ONE_LEFT_CONFIDENCE) for speaker in speakers}


def _with_known(guess: SideGuess, known: set[Side], *, alone: bool) -> SideGuess:
    """Lean towards the side nobody else has: a sales call has both."""
    if len(known) != 1 or not alone:
        return guess
    other: Side = "buyer" if "seller" in known else "seller"
    if guess.side == other:
        return SideGuess(other, max(guess.confidence, LAST_ONE_LEFT_CONFIDENCE))
    if guess.confidence < MIN_CONFIDENCE:
        return SideGuess(other, LAST_ONE_LEFT_CONFIDENCE)
    return guess


def _unless_sure(guess: SideGuess) -> SideGuess:
    if guess.confidence >= MIN_CONFIDENCE:
        return guess
    return SideGuess("unknown", guess.confidence, guess.participant)
