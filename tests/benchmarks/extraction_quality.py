"""How well calls are read: scores against annotated calls (NAME.vtt beside NAME.gold.json).

    python tests/benchmarks/extraction_quality.py GOLD_FOLDER [--classifier] [--write FOLDER]

A gold file holds `language`, `participants` (name, side, title), `signals` (kind, topic, status,
side, quote) and `stakeholders` (role, presence). Only what the buyer asserts is scored, per call:
traits are sets of (kind, topic), people sets of (role, presence); `fooled` is the share of calls'
traps (negated, hypothetical, past, another party's, only asked, the seller's) whose topic was
claimed although the gold has it nowhere as the buyer's. `--write` keeps the JSON for other scorers.
"""

import argparse
import json
from collections import Counter
from pathlib import Path

from icp_voice.config import ExtractConfig, IngestConfig
from icp_voice.embedding import load_embedder
from icp_voice.extract.contract import to_json
from icp_voice.extract.extractor import Extractor, load_extractor
from icp_voice.ingest.transcripts import read_transcript
from icp_voice.records import Participant


def claimed(signals: list[dict[str, str]]) -> set[tuple[str, str]]:
    """Return what the buyer's side asserts, as traits."""
    return {
        (s["kind"], s["topic"])
        for s in signals
        if s["side"] == "buyer" and s["status"] == "asserted"
    }


def read_pair(path: Path, extractor: Extractor) -> tuple[dict, dict]:  # type: ignore[type-arg]
    """Return the gold annotation and the prediction of one call."""
    gold = json.loads(path.read_text(encoding="utf-8"))
    people = tuple(Participant(p["name"], p["side"], p.get("title")) for p in gold["participants"])
    transcript = path.with_name(path.name.removesuffix(".gold.json") + ".vtt")
    call = read_transcript(
        transcript, call_id=transcript.stem, participants=people, config=IngestConfig()
    )
    return gold, to_json(extractor.extract(call))


def score(name: str, counts: Counter[str]) -> str:
    """Return one line of precision, recall and F1."""
    precision = counts["hit"] / max(1, counts["predicted"])
    recall = counts["hit"] / max(1, counts["gold"])
    f1 = 2 * precision * recall / max(1e-9, precision + recall)
    return f"{name:14} P {precision:.2f}  R {recall:.2f}  F1 {f1:.2f}  n {counts['gold']}"


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("gold", type=Path)
    parser.add_argument("--classifier", action="store_true")
    parser.add_argument("--write", type=Path)
    options = parser.parse_args()
    paths = sorted(options.gold.rglob("*.gold.json"))
    languages = {json.loads(p.read_text(encoding="utf-8"))["language"] for p in paths}
    embedder = load_embedder(sorted(languages)) if options.classifier else None
    extractor = load_extractor(ExtractConfig(classifier=options.classifier), embedder=embedder)
    totals: dict[str, Counter[str]] = {}
    n_traps = n_fooled = 0
    for path in paths:
        gold, predicted = read_pair(path, extractor)
        if options.write:
            options.write.mkdir(parents=True, exist_ok=True)
            target = options.write / path.name.replace(".gold.json", ".json")
            target.write_text(json.dumps(predicted, ensure_ascii=False), encoding="utf-8")
        truth, found = claimed(gold["signals"]), claimed(predicted["signals"])
        people = [
            {(s["role"], s["presence"]) for s in d["stakeholders"]} for d in (gold, predicted)
        ]
        groups = {"traits": (truth, found), "people": (people[0], people[1])}
        for kind in sorted({kind for kind, _ in truth | found}):
            groups[f"  {kind}"] = (
                {t for t in truth if t[0] == kind}, {t for t in found if t[0] == kind},
            )  # fmt: skip
        for name, (wanted, got) in groups.items():
            counts = totals.setdefault(name, Counter())
            counts.update(hit=len(wanted & got), gold=len(wanted), predicted=len(got))
        traps = {(s["kind"], s["topic"]) for s in gold["signals"]} - truth
        n_traps += len(traps)
        n_fooled += len(traps & found)
    for name, counts in totals.items():
        print(score(name, counts))
    print(f"fooled         {n_fooled}/{n_traps} traps in {len(paths)} calls")


if __name__ == "__main__":
    main()
