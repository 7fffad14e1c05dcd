"""What the names of recordings tell of the call: which side, which person, which call.

Names as they come from Asterisk and FreeSWITCH (`-in`/`-out`, `_left`/`_right`), Amazon's call
analytics (`_AGENT`/`_CUST`), screen recorders (`mic`/`system`) and Zoom (`GMT20250304-101500_...`,
`video1.mp4` beside `audio1.m4a`, `Audio Record/audioJohnSmith1.m4a`).
"""

import re
import unicodedata
from collections.abc import Iterator, Sequence
from pathlib import Path

from icp_voice.ingest.versions import base_name
from icp_voice.records import Side, SourceKind

_SELLER_WORDS = (
    *("agent", "rep", "seller", "salesperson", "operator", "advisor", "adviser", "employee"),
    *("оператор", "менеджер", "продавец", "агент", "сотрудник", "консультант"),
    *("продавець", "працівник", "konsultant", "handlowiec", "sprzedawca", "pracownik", "doradca"),
)
_BUYER_WORDS = (
    *("customer", "cust", "client", "buyer", "prospect", "consumer", "caller"),
    *("клиент", "покупатель", "абонент", "заказчик", "собеседник"),
    *("клієнт", "покупець", "замовник", "співрозмовник", "klient", "kupujący", "rozmówca"),
)
# Pairs that tell files apart, but not for sure which side is whose: as with two channels, the
# first is the seller unless the configuration or the words say otherwise.
_OPEN_PAIRS = (
    *(("out", "in"), ("tx", "rx"), ("left", "right"), ("l", "r"), ("caller", "callee")),
    *(("mic", "speaker"), ("mic", "speakers"), ("mic", "system"), ("mic", "desktop")),
    *(("microphone", "system"), ("local", "remote"), ("левый", "правый"), ("лівий", "правий")),
    *(("lewy", "prawy"),),
)
_WORD = re.compile(r"[^\W_]+")
_PERSON_FOLDERS = frozenset({"audio record"})
_PERSON = re.compile(r"audio_?(?P<name>.*?)[\d_]*", re.IGNORECASE)
# What is added to a call's name to tell its recordings apart.
_ADDED = (
    re.compile(r"[_ -]\d{3,4}(?:x\d{3,4}|p)$"),
    re.compile(r"(?<=recording)_(?:gallery|avo|as|gvo|speaker)[\w-]*$"),
)
_LANGUAGE = re.compile(r"[._-](?:en|ru|uk|pl)(?:-[a-z]{2})?$")
# Zoom: video1234.mp4 beside audio1234.m4a, and of old zoom_0.mp4 beside audio_only.m4a.
_ZOOM_LOCAL = re.compile(r"(?:video|audio|zoom_|audio_only_?)(?P<number>\d*)")


class TrackWords:
    """The words by which names tell a side, with those of the configuration."""

    def __init__(self, seller_words: Sequence[str] = (), buyer_words: Sequence[str] = ()) -> None:
        """Take the words to add to the usual ones."""
        self._sellers = frozenset((*_SELLER_WORDS, *map(_normal, seller_words)))
        self._buyers = frozenset((*_BUYER_WORDS, *map(_normal, buyer_words)))
        self._all = self._sellers | self._buyers | {w for pair in _OPEN_PAIRS for w in pair}

    def in_name(self, stem: str) -> Iterator[tuple[str, str]]:
        r"""Yield (the name without the word, the word) for each word that may tell a side.

        Examples:
            >>> list(TrackWords().in_name("Acme_AGENT_1"))
            [('acme_\x00_1', 'agent')]
        """
        name = _normal(stem)
        for match in _WORD.finditer(name):
            if match[0] in self._all:
                yield name[: match.start()] + "\0" + name[match.end() :], match[0]

    def sides_of(self, first: str, second: str) -> tuple[tuple[int, Side], ...] | None:
        """Return each word's channel and side where two words are a pair; None where they are none.

        Examples:
            >>> TrackWords().sides_of("caller", "agent")
            ((1, 'buyer'), (0, 'seller'))
            >>> TrackWords().sides_of("in", "out")
            ((1, 'unknown'), (0, 'unknown'))
            >>> TrackWords().sides_of("in", "agent") is None
            True
        """
        if first in self._sellers and second in self._buyers:
            return (0, "seller"), (1, "buyer")
        if first in self._buyers and second in self._sellers:
            return (1, "buyer"), (0, "seller")
        if (first, second) in _OPEN_PAIRS:
            return (0, "unknown"), (1, "unknown")
        if (second, first) in _OPEN_PAIRS:
            return (1, "unknown"), (0, "unknown")
        return None


def call_key(stem: str, kind: SourceKind) -> str:
    """Return what a file's name says of the call, without what tells its files apart.

    Examples:
        >>> call_key("GMT20250304-101500_Recording_gallery_1920x1080", "recording")
        'gmt20250304-101500_recording'
        >>> call_key("GMT20250304-101500_Recording.transcript.en", "transcript")
        'gmt20250304-101500_recording'
        >>> call_key("video1234567890", "recording") == call_key("audio1234567890", "recording")
        True
    """
    key = _normal(stem)
    if kind == "transcript":
        key = base_name(Path(f"{_LANGUAGE.sub('', key)}.txt"))
    before = ""
    while key != before:
        before = key
        for pattern in _ADDED:
            key = pattern.sub("", key) or key
    local = _ZOOM_LOCAL.fullmatch(key)
    if local:
        return f"zoom {local['number'] or 0}"
    return key.strip(" _-.") or key


def is_person_folder(name: str) -> bool:
    """Tell whether a folder is the one in which Zoom writes a file a person."""
    return _normal(name) in _PERSON_FOLDERS


def person_in_name(stem: str) -> str | None:
    """Return the person that Zoom names a file after; None where it names none.

    Examples:
        >>> person_in_name("audioJohnSmith11234567890")
        'John Smith'
        >>> person_in_name("audio1234567890") is None
        True
    """
    match = _PERSON.fullmatch(unicodedata.normalize("NFC", stem))
    if match is None or not match["name"]:
        return None
    name = match["name"].replace("_", " ")
    parted = [
        f" {letter}" if letter.isupper() and before.islower() else letter
        for before, letter in zip(f" {name}", name, strict=False)
    ]
    return " ".join("".join(parted).split()) or None


def _normal(name: str) -> str:
    # macOS writes й and ą as two characters.
    return unicodedata.normalize("NFC", name).lower()
