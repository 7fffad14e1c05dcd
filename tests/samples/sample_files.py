"""The sample workspace and its reference as the tests read them."""

import csv
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

SAMPLES = Path(__file__).resolve().parents[2] / "sample_audio"


@dataclass(frozen=True)
class Samples:
    """Rows of the sample files as dictionaries."""

    workspace: Path
    deals: dict[str, dict[str, str]]
    calls: list[dict[str, str]]
    truth: dict[str, dict[str, str]]
    mentions: list[dict[str, str]]
    recordings: list[dict[str, Any]]
    planted: dict[str, Any]


def _rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def read_samples() -> Samples:
    """Return everything that lies in sample_audio/."""
    reference = SAMPLES / "reference"
    lines = (reference / "recordings.jsonl").read_text(encoding="utf-8").splitlines()
    return Samples(
        workspace=SAMPLES / "workspace",
        deals={row["deal_id"]: row for row in _rows(SAMPLES / "workspace" / "deals.csv")},
        calls=_rows(SAMPLES / "workspace" / "calls.csv"),
        truth={row["deal_id"]: row for row in _rows(reference / "true_traits.csv")},
        mentions=_rows(reference / "mentions.csv"),
        recordings=[json.loads(line) for line in lines],
        planted=json.loads((SAMPLES / "planted.json").read_text(encoding="utf-8")),
    )
