"""Question and answer: what the seller asks and the buyer confirms is the buyer's.

A seller's claim about the buyer ("so it's all in Excel?") that the buyer answers with a bare "yes"
within two turns or 10 seconds becomes an asserted, elicited signal of the buyer: the quote is the
seller's claim, the place the buyer's answer. "Right, but..." confirms nothing, and where the buyer
answers in words of their own, those are the signal.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from icp_voice.extract.detector import Detector, Hit, ReadSentence
from icp_voice.records import Side, Turn

MAX_TURNS = 2
MAX_WAIT_S = 10.0
CLAIM_SENTENCES = 2  # how far back in the seller's turn a claim may stand
MAX_ANSWER_TOKENS = 7  # what follows a bare yes in the same sentence


@dataclass(frozen=True)
class ReadTurn:
    """A turn with its effective side and what its sentences say."""

    turn: Turn
    side: Side
    sentences: tuple[ReadSentence, ...]


@dataclass(frozen=True)
class Elicited:
    """A seller's claim and the buyer's turn that confirms it."""

    hit: Hit
    claim: Turn
    answer: Turn


def find_elicited(
    turns: Sequence[ReadTurn], detectors: Mapping[str, Detector]
) -> tuple[Elicited, ...]:
    """Return the seller's claims that a buyer confirmed, in the order of the call."""
    found: list[Elicited] = []
    for position, read in enumerate(turns):
        if read.side != "seller":
            continue
        claims = _claims(read, detectors)
        if not claims:
            continue
        answer = _answer(turns, position)
        if answer is None:
            continue
        claims = [hit for hit in claims if _confirms(answer, detectors, denies=hit.denies)]
        own = {hit.kind for sentence in answer.sentences[:2] for hit in sentence.hits}
        found.extend(Elicited(hit, read.turn, answer.turn) for hit in claims if hit.kind not in own)
    return tuple(found)


def _claims(read: ReadTurn, detectors: Mapping[str, Detector]) -> list[Hit]:
    """Return what the end of a seller's turn says about the buyer."""
    detector = detectors[read.sentences[0].sentence.language] if read.sentences else None
    if detector is None:
        return []
    claims: list[Hit] = []
    for sentence in read.sentences[-CLAIM_SENTENCES:]:
        asks = sentence.is_question or sentence.sentence.end_mark == "?"
        about_buyer = detector.says("about_you", sentence.sentence)
        offers = detector.says("offer", sentence.sentence)
        inverted = detector.says("question", sentence.sentence)
        for hit in sentence.hits:
            if inverted and hit.denies:
                hit = replace(hit, denies=False)
            if hit.kind in ("question", "objection", "competitor") and not asks:
                continue
            if hit.kind == "question":
                continue
            if hit.kind == "process" and hit.topic in ("next_step", "pilot"):
                if offers or asks:
                    claims.append(hit)
                continue
            if hit.status in ("asserted", "asked") and (asks or about_buyer):
                claims.append(hit)
    return claims


def _answer(turns: Sequence[ReadTurn], position: int) -> ReadTurn | None:
    """Return the buyer's next turn, if it comes soon enough and answers at all."""
    asked = turns[position].turn
    for later in turns[position + 1 : position + 1 + MAX_TURNS]:
        if later.side == "seller":
            return None
        if later.turn.start_s - asked.end_s > MAX_WAIT_S:
            return None
        if later.side == "buyer" and later.sentences:
            return later
    return None


def _confirms(answer: ReadTurn, detectors: Mapping[str, Detector], *, denies: bool) -> bool:
    """Return whether a buyer's turn begins with a bare yes that nothing takes back.

    To a claim that denies something ("so you can't see it?") a bare "no" is a yes.
    """
    first = answer.sentences[0].sentence
    detector = detectors[first.language]
    if denies and detector.says("bare_no", first):
        return True
    if not detector.says("yes", first) or detector.says("but", first):
        return False
    if len(first.tokens) > MAX_ANSWER_TOKENS and not any(
        t.breaks for t in first.tokens[1 : MAX_ANSWER_TOKENS + 1]
    ):
        return False
    second = answer.sentences[1].sentence if len(answer.sentences) > 1 else None
    return second is None or not detector.says("but", second)
