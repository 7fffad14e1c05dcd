"""Read JSON of Whisper tools (openai-whisper, faster-whisper, WhisperX) and of icp-voice itself."""

import json
from collections.abc import Mapping
from typing import Any

from icp_voice.ingest.cues import Cue


def read_whisper_json(text: str) -> list[Cue]:
    """Return the cues of a JSON transcript in the order of the file.

    Accepted: an object with `segments` (`start`, `end`, `text`, and WhisperX's `speaker`), a list
    of such segments, or `icp-voice transcribe --format json` (`turns`, one call a file).

    Raises:
        ValueError: not JSON, or none of these.
    """
    document = json.loads(text)
    if isinstance(document, Mapping) and isinstance(document.get("turns"), list):
        return [
            _cue(turn, "start_s", "end_s", _text(turn.get("speaker"))) for turn in document["turns"]
        ]
    segments = document.get("segments") if isinstance(document, Mapping) else document
    if not isinstance(segments, list) or not all(isinstance(s, Mapping) for s in segments):
        raise ValueError("it has no list of segments")
    return [
        _cue(s, "start", "end", _speaker(s)) for s in segments if str(s.get("text", "")).strip()
    ]


def _cue(entry: Mapping[str, Any], start: str, end: str, speaker: str | None) -> Cue:
    try:
        start_s = float(entry[start])
        end_s = float(entry.get(end) or start_s)
        text = " ".join(str(entry["text"]).split())
    except (KeyError, TypeError, ValueError):
        raise ValueError(f"a segment lacks {start}, {end} or text") from None
    return Cue(start_s, max(start_s, end_s), speaker, text)


def _speaker(segment: Mapping[str, Any]) -> str | None:
    """Return a segment's speaker, else the one most of its words have."""
    named = _text(segment.get("speaker"))
    if named is not None:
        return named
    words = segment.get("words")
    if not isinstance(words, list):
        return None
    speakers = [_text(word.get("speaker")) for word in words if isinstance(word, Mapping)]
    heard = sorted({speaker for speaker in speakers if speaker})
    return max(heard, key=speakers.count) if heard else None


def _text(value: object) -> str | None:
    text = "" if value is None else str(value).strip()
    return text or None
