"""Who on a speaker or attendee list is a program: notetakers, recorders, shared screens."""

import re

_PRODUCTS = (
    r"otter(?:\.ai|pilot)?|fireflies(?:\.ai)?|read(?:\.ai|\s+ai)|gong(?:\.io)?|fathom(?:\.video|\.ai)?"
    r"|tl;?dv(?:\.io)?|chorus(?:\.ai)?|avoma|sembly(?:\s+ai)?|meetgeek(?:\.ai)?|krisp(?:\.ai)?"
    r"|grain(?:\.com)?|supernormal|fellow\.app|tactiq(?:\.io)?|zoom\s+ai\s+companion"
    r"|ai\s+companion|bluedot|claap|modjo|jiminy|salesloft|recall(?:\.ai)?"
    r"|circleback|notta|airgram|clari(?:\s+copilot)?|granola"
)
_ROLES = (
    r"(?:ai\s+)?(?:meeting\s+)?(?:notetaker|note\s+taker|note-taker|recorder|recording|bot"
    r"|assistant|notes|meeting\s+notes)"
)
# `Fireflies.ai Notetaker Bruno` has the name of its owner behind, `Ann's Notetaker` before.
_BOT = re.compile(
    rf"(?:{_PRODUCTS})(?:\s+{_ROLES}(?:\s.*)?)?"
    rf"|(?:{_PRODUCTS})\s*[-–(].*"
    rf"|(?:.*\s)?(?:[^\W\d_]+['’]s?\s+)?(?:{_PRODUCTS}\s+)?"
    r"(?:ai\s+)?(?:notetaker|note\s+taker|note-taker|meeting\s+bot)(?:\s*\(.*\))?"
    r"|.*['’]s?\s+(?:otterpilot|(?:fathom|read|otter|fireflies|tl;?dv)(?:\.ai)?(?:\s+notes?)?)"
    r"|.*['’]s?\s+(?:presentation|screen)"
    r"|(?:презентация|презентація|prezentacja)\b.*",
    re.IGNORECASE | re.DOTALL,
)


def is_bot(name: str) -> bool:
    """Tell whether a name on a list of speakers or attendees is a program's.

    Examples:
        >>> [is_bot(n) for n in ("Fireflies.ai Notetaker Bruno", "Ann Lee's Presentation", "Gong")]
        [True, True, True]
        >>> [is_bot(n) for n in ("Li Gong", "Jamie Read", "Grace Otter", "Claire Fellow")]
        [False, False, False, False]
    """
    return _BOT.fullmatch(" ".join(name.split())) is not None
