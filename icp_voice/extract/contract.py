"""The JSON of `icp-voice extract`, a public contract."""

from typing import Any

from icp_voice.records import Extraction


def to_json(extraction: Extraction) -> dict[str, Any]:
    """Return an extraction as the plain values that the command line prints, one object a call."""
    return {
        "call": extraction.call,
        "language": extraction.language,
        "participants": [
            {"name": p.name, "side": p.side, "title": p.title} for p in extraction.participants
        ],
        "signals": [
            {
                "kind": s.kind,
                "topic": s.topic,
                "status": s.status,
                "side": s.side,
                "speaker": s.speaker,
                "quote": s.quote,
                "turn": s.turn,
                "start_s": round(s.start_s, 3),
                "end_s": round(s.end_s, 3),
                "elicited": s.elicited,
                "confidence": round(s.confidence, 3),
                "detector": s.detector,
            }
            for s in extraction.signals
        ],
        "stakeholders": [
            {
                "role": s.role,
                "level": s.level,
                "presence": s.presence,
                "function": s.function,
                "name": s.name,
                "quote": s.quote,
            }
            for s in extraction.stakeholders
        ],
    }
