"""Put two lists of the people on a call together: what a person wrote down wins over a file."""

from collections.abc import Sequence
from dataclasses import replace

from icp_voice.records import Participant
from icp_voice.sides import name_words


def merge_attendees(
    written: Sequence[Participant], told: Sequence[Participant]
) -> tuple[Participant, ...]:
    """Return the people of both lists, each once.

    Args:
        written: from calls.csv; what stands here is kept as it is.
        told: from the transcript; fills what is blank, and adds whom the first list lacks.

    Examples:
        >>> written = [Participant("Ann Lee", "seller")]
        >>> told = [Participant("Ann Lee", "unknown", "AE", "ann@x.example"), Participant("Bo Ek")]
        >>> [(p.name, p.side, p.title) for p in merge_attendees(written, told)]
        [('Ann Lee', 'seller', 'AE'), ('Bo Ek', 'unknown', None)]
    """
    merged = list(written)
    for person in told:
        index = next((i for i, known in enumerate(merged) if _is_same(known, person)), None)
        if index is None:
            merged.append(person)
            continue
        known = merged[index]
        merged[index] = replace(
            known,
            side=known.side if known.side != "unknown" else person.side,
            title=known.title or person.title,
            email=known.email or person.email,
        )
    return tuple(merged)


def _is_same(one: Participant, other: Participant) -> bool:
    if one.email and other.email and one.email.casefold() == other.email.casefold():
        return True
    words, others = set(name_words(one.name)), set(name_words(other.name))
    return bool(words) and words == others
