"""The measurement as JSON: the public contract of `icp-voice measure`."""

from typing import Any

from icp_voice.results import Finding, Measurement


def to_json(measurement: Measurement) -> dict[str, Any]:
    """Return a measurement as plain JSON values; numbers to 6 significant digits."""
    return {
        "n_deals": measurement.n_deals,
        "n_won": measurement.n_won,
        "n_lost": measurement.n_lost,
        "findings": [_finding(finding) for finding in measurement.findings],
        "warnings": list(measurement.warnings),
    }


def _finding(finding: Finding) -> dict[str, Any]:
    interval = finding.interval_90
    return {
        "trait": finding.trait,
        "register": finding.register,
        "present_won": finding.present_won,
        "present_lost": finding.present_lost,
        "absent_won": finding.absent_won,
        "absent_lost": finding.absent_lost,
        "unknown": finding.unknown,
        "p_value": _round(finding.p_value),
        "p_stratified": _round(finding.p_stratified),
        "q_value": _round(finding.q_value),
        "p_max_t": _round(finding.p_max_t),
        "odds_ratio": _round(finding.odds_ratio),
        "odds_ratio_shrunken": _round(finding.odds_ratio_shrunken),
        "interval_90": None if interval is None else [_round(interval.low), _round(interval.high)],
        "stability": _round(finding.stability),
        "verdict": finding.verdict,
        "reasons": list(finding.reasons),
    }


def _round(value: float | None) -> float | None:
    return None if value is None else float(f"{value:.6g}")
