"""Everything one run found out, for programs: `deals.json`.

Each figure can be followed: criterion -> finding -> quotes with call and second; deal -> score ->
parts with value and quote; deal -> signal -> call. Names of keys are those of the records, so a
change of a record is a change of this file: raise `SCHEMA_VERSION` when a key goes or changes its
meaning.
"""

import dataclasses
import json
import math
from collections.abc import Mapping
from datetime import date
from pathlib import PurePath
from typing import Any

from icp_voice import __version__
from icp_voice.export.columns import profile_name
from icp_voice.export.fields import EnrichedDeal
from icp_voice.records import DealSignals, Theme
from icp_voice.results import Analysis

SCHEMA = "icp-voice/deals"
SCHEMA_VERSION = 1
_DIGITS = 9  # the last ones differ between machines
_THEME_QUOTES = 5


def deals_json(deals: tuple[EnrichedDeal, ...], analysis: Analysis) -> str:
    """Return the file's text; keys in a fixed order, numbers to nine digits."""
    heard = {found.deal_id: found for found in analysis.deal_signals}
    content = {
        "schema": SCHEMA,
        "schema_version": SCHEMA_VERSION,
        "generator": f"icp-voice {__version__}",
        "profile_name": profile_name(analysis),
        "synthetic": analysis.synthetic,
        "data_until": analysis.data_until,
        "sentence_model": analysis.sentence_model,
        "profile": analysis.profile,
        "measurement": analysis.measurement,
        "quotes": analysis.quotes,
        "themes": [_theme(theme) for theme in analysis.themes],
        "calls": analysis.calls,
        "deals": [_deal(deal, heard.get(deal.deal.deal_id)) for deal in deals],
        "not_used": {
            "unmatched_calls": analysis.unmatched,
            "failed_inputs": analysis.failures,
            "rejected_rows": analysis.rejected_rows,
        },
    }
    return json.dumps(plain(content), indent=1, ensure_ascii=False, allow_nan=False) + "\n"


def plain(value: Any) -> Any:
    """Return a value as JSON knows it.

    Records become objects, days ISO texts; numbers keep nine digits, and one that is infinite or
    undefined becomes null.

    >>> plain({"p": 0.12345678912, "odds": float("inf"), "day": date(2026, 3, 1)})
    {'p': 0.123456789, 'odds': None, 'day': '2026-03-01'}
    """
    if isinstance(value, float):
        return float(f"{value:.{_DIGITS}g}") if math.isfinite(value) else None
    if value is None or isinstance(value, (str, bool, int)):
        return value
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, PurePath):
        return value.as_posix()
    if dataclasses.is_dataclass(value):
        return {
            field.name: plain(getattr(value, field.name)) for field in dataclasses.fields(value)
        }
    if isinstance(value, Mapping):
        return {str(key): plain(value[key]) for key in value}
    return [plain(item) for item in value]


def _deal(deal: EnrichedDeal, heard: DealSignals | None) -> dict[str, Any]:
    content = {field.name: getattr(deal, field.name) for field in dataclasses.fields(deal)}
    places = heard.signals if heard else ()
    content["signals"] = [
        {
            "kind": signal.kind,
            "topic": signal.topic,
            "status": signal.status,
            "side": signal.side,
            "elicited": signal.elicited,
            "confidence": signal.confidence,
            "detector": signal.detector,
            "language": signal.language,
            "turn": signal.turn,
            "quote": quote,
        }
        for signal, quote in places
    ]
    content["stakeholders"] = heard.stakeholders if heard else ()
    return content


def _theme(theme: Theme) -> dict[str, Any]:
    return {
        "theme_id": theme.theme_id,
        "trait": f"theme/{theme.theme_id}",
        "label": theme.label,
        "medoid": theme.medoid,
        "n_lines": len(theme.members),
        "n_calls": theme.n_calls,
        "n_deals": theme.n_deals,
        "stability": theme.stability,
        "quotes": theme.members[:_THEME_QUOTES],
    }
