"""Take out what the recogniser invents: credits of subtitles, loops, words on silence.

On silence and music Whisper writes what stood at the end of its training videos, often with high
confidence (faster-whisper #506, #843). Credits are cut wherever they stand, for they get glued to
real speech; ordinary phrases ("Thank you.") only as a whole segment with poor figures. What is
taken out is kept with its reason.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from icp_voice.records import DroppedSegment, Segment

_END = r"[\s.!?…]*"
_CREDITS = re.compile(
    r"(?:"
    r"thanks? (?:you )?(?:so much |very much )?for watching"
    r"(?! (?:the|this|that|our|my|it|how|what|me|us)\b)"
    r"|(?:please )?(?:like and )?subscribe to (?:my|our|the) channel"
    r"|(?:don't forget to )?like(?:,? comment)?,? and subscribe"
    r"|transcri(?:bed|ption) (?:by|provided by) [^.!?]*?(?:otter\.ai|rev\.com|castingwords|eso)"
    r"(?:, llc)?(?:\s*https?://\S+)?"
    r"|(?:subtitles|(?:closed )?captions|captioning) (?:provided |made possible )?by "
    r"(?!hand\b)[^.!?]+(?:\.org|\.com)?"
    r"|субтитры (?:сделал|делал|создавал|подогнал|предоставил)[аи]? [^.!?]+"
    r"|редактор субтитров [^!?]{2,60}?(?:корректор [^!?.]{2,40}\.?\s*\w*)?"
    r"|продолжение следует"
    r"|спасибо за (?:просмотр|внимание к видео)"
    r"|(?:подписывайтесь|ставьте лайки[^.!?]*подписывайтесь) на (?:наш |мой )?канал[^.!?]*"
    r"|дякую за перегляд|дякуємо за перегляд|далі буде"
    r"|субтитри (?:зробив|створив|створено)[^.!?]*"
    r"|підписуйтесь на (?:наш |мій )?канал[^.!?]*"
    r"|napisy (?:stworzone|wykonane) przez (?:[^.!?]*amara\.org|[^.!?]*)"
    r"|dziękuję za (?:oglądanie|obejrzenie)[^.!?]*"
    r"|zapraszam (?:do|na) (?:subskrypcji|subskrybowania|kolejny film)[^.!?]*"
    r"|ciąg dalszy nastąpi"
    r"|amara\.org"
    r")" + _END,
    re.IGNORECASE,
)
_ORDINARY = re.compile(
    r"(?:thank you(?: very much)?|thanks|bye(?: bye)?|you|so|okay|the end|i'm sorry|"
    r"спасибо|до свидания|пока|ага|музыка|аплодисменты|дякую|до побачення|"
    r"dziękuję(?: bardzo| za uwagę)?|do widzenia|muzyka|"
    r"\[?(?:music|applause|laughter|silence|blank_audio|музыка|музика|muzyka)\]?)[\s.!?,…]*",
    re.IGNORECASE,
)
_NO_LETTERS = re.compile(r"[\W_]*")

# Whisper's own limits for a failed window: log-probability -1, no-speech 0.6.
POOR_LOG_PROBABILITY = -1.0
NO_SPEECH_PROBABILITY = 0.6
_DOUBTFUL_LOG_PROBABILITY = -0.7
_MAX_REPEATS = 2
_LOOP_REPEATS = 4
_MAX_LOOP_WORDS = 12


@dataclass(frozen=True)
class Cleaned:
    """Segments that stay, and what was taken out."""

    segments: tuple[Segment, ...]
    dropped: tuple[DroppedSegment, ...]


def clean_segments(segments: Sequence[Segment]) -> Cleaned:
    """Remove inventions from the segments of one channel, given in order of time."""
    kept: list[Segment] = []
    dropped: list[DroppedSegment] = []
    for segment in segments:
        dropped.extend(_drop(segment, text, reason) for text, reason in _inventions(segment))
        if _whole_is_invented(segment):
            continue
        text = " ".join(_without_loop(_CREDITS.sub(" ", segment.text)).split())
        if _NO_LETTERS.fullmatch(text):
            continue
        left = replace(segment, text=text)
        if _repeats(left, kept):
            dropped.append(_drop(segment, text, "the same words again and again"))
            continue
        kept.append(left)
    return Cleaned(tuple(kept), tuple(dropped))


def _inventions(segment: Segment) -> list[tuple[str, str]]:
    """Return (text, reason) of all that is taken out of a segment by itself."""
    if _whole_is_invented(segment):
        return [(segment.text, "an ordinary phrase on silence")]
    found = [(m[0].strip(), "credits of a subtitle file") for m in _CREDITS.finditer(segment.text)]
    text = _CREDITS.sub(" ", segment.text)
    loop = _without_loop(text)
    if loop != text:
        found.append((" ".join(text.split())[len(" ".join(loop.split())) :].strip(), "a loop"))
    return [(text, reason) for text, reason in found if text]


def _whole_is_invented(segment: Segment) -> bool:
    lost = (
        segment.no_speech_probability > NO_SPEECH_PROBABILITY
        and segment.mean_log_probability < POOR_LOG_PROBABILITY
    )
    doubtful = (
        segment.no_speech_probability > NO_SPEECH_PROBABILITY
        or segment.mean_log_probability < _DOUBTFUL_LOG_PROBABILITY
    )
    return lost or (doubtful and bool(_ORDINARY.fullmatch(segment.text.strip())))


def _without_loop(text: str) -> str:
    """Return the text with a phrase said four times on end or more said once.

    Examples:
        >>> _without_loop("so we go we go we go we go we go home")
        'so we go home'
    """
    words = text.split()
    plain = [re.sub(r"\W+", "", word).lower() for word in words]
    result: list[str] = []
    i = 0
    while i < len(words):
        for size in range(1, _MAX_LOOP_WORDS + 1):
            phrase = plain[i : i + size]
            repeats = 1
            while plain[i + repeats * size : i + (repeats + 1) * size] == phrase:
                repeats += 1
            if len(phrase) == size and repeats >= _LOOP_REPEATS and any(phrase):
                result.extend(words[i : i + size])
                i += repeats * size
                break
        else:
            result.append(words[i])
            i += 1
    return " ".join(result) if len(result) < len(words) else text


def _repeats(segment: Segment, kept: Sequence[Segment]) -> bool:
    """Tell whether a segment says, once more, what the last ones of its channel said."""
    last = kept[-_MAX_REPEATS:]
    same = [s for s in last if s.text.lower() == segment.text.lower()]
    long_enough = len(segment.text.split()) >= 2
    return len(same) == _MAX_REPEATS and long_enough


def _drop(segment: Segment, text: str, reason: str) -> DroppedSegment:
    return DroppedSegment(segment.channel, segment.start_s, segment.end_s, text, reason)
