"""From utterances to speaker turns, the same for recordings and for transcripts."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from icp_voice.records import Turn
from icp_voice.sides import SideGuess

# A pause of the same speaker up to this long is part of the turn.
TURN_GAP_S = 2.0
_DIGITS = 3


@dataclass(frozen=True)
class Utterance:
    """What one speaker said in one go. Times are seconds from the start of the recording."""

    speaker: str
    start_s: float
    end_s: float
    language: str
    text: str


def merge_utterances(
    utterances: Sequence[Utterance], *, gap_s: float = TURN_GAP_S
) -> list[Utterance]:
    """Join consecutive utterances of one speaker in one language; no word is lost or moved.

    Args:
        utterances: in the order they were said.
        gap_s: silence in seconds that still belongs to the turn.
    """
    merged: list[Utterance] = []
    texts: list[list[str]] = []
    for utterance in utterances:
        if not utterance.text.strip():
            continue
        last = merged[-1] if merged else None
        if (
            last is not None
            and last.speaker == utterance.speaker
            and last.language == utterance.language
            and utterance.start_s - last.end_s <= gap_s
        ):
            merged[-1] = replace(last, end_s=max(last.end_s, utterance.end_s))
            texts[-1].append(utterance.text.strip())
        else:
            merged.append(utterance)
            texts.append([utterance.text.strip()])
    return [replace(u, text=" ".join(said)) for u, said in zip(merged, texts, strict=True)]


def make_turns(utterances: Sequence[Utterance], sides: Mapping[str, SideGuess]) -> tuple[Turn, ...]:
    """Return numbered turns; a speaker who was found among the attendees gets the full name."""
    turns = []
    for index, utterance in enumerate(utterances):
        guess = sides[utterance.speaker]
        speaker = guess.participant.name if guess.participant else utterance.speaker
        turns.append(
            Turn(
                index=index,
                speaker=speaker,
                side=guess.side,
                side_confidence=round(guess.confidence, _DIGITS),
                start_s=round(utterance.start_s, _DIGITS),
                end_s=round(max(utterance.end_s, utterance.start_s), _DIGITS),
                language=utterance.language,
                text=utterance.text,
            )
        )
    return tuple(turns)


def languages_of(turns: Sequence[Turn]) -> tuple[str, ...]:
    """Return the languages of the turns, the most spoken (by characters) first."""
    characters: dict[str, int] = {}
    for turn in turns:
        characters[turn.language] = characters.get(turn.language, 0) + len(turn.text)
    return tuple(sorted(characters, key=lambda code: (-characters[code], code)))
