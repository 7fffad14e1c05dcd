"""The public JSON of `icp-voice transcribe --format json`: one object a call."""

from dataclasses import asdict
from typing import Any

from icp_voice.records import Transcript


def to_json(transcript: Transcript) -> dict[str, Any]:
    """Return a transcript as the plain dictionary that is printed.

    Seconds are floats, shares in [0, 1]; figures that transcripts of other tools lack are None.
    """
    return {
        "call": transcript.call,
        "call_id": transcript.call_id,
        "duration_s": transcript.duration_s,
        "channels": transcript.channels,
        "languages": list(transcript.languages),
        "model": transcript.model,
        "partial": transcript.partial,
        "title": transcript.title,
        "started_at": transcript.started_at.isoformat() if transcript.started_at else None,
        "quality": {**asdict(transcript.quality), "reasons": list(transcript.quality.reasons)},
        "turns": [
            {
                "speaker": turn.speaker,
                "side": turn.side,
                "side_confidence": turn.side_confidence,
                "start_s": turn.start_s,
                "end_s": turn.end_s,
                "language": turn.language,
                "text": turn.text,
            }
            for turn in transcript.turns
        ],
        "dropped": [asdict(segment) for segment in transcript.dropped],
    }
