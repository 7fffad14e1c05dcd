"""Generate the demo workspace: `python sample_audio/generate/make_workspace.py`.

Writes `sample_audio/workspace/` (what `icp-voice demo` copies), `sample_audio/reference/` (the
truth) and `sample_audio/planted.json`. Text files come out the same byte for byte; recordings the
same up to the encoder. Speaking the recordings needs flite and espeak-ng (Debian packages) and the
Python package av; with `--text-only` the recordings already there are left as they are.
"""

from __future__ import annotations

import argparse
import json
import random
import shutil
from dataclasses import dataclass
from datetime import date
from itertools import islice
from pathlib import Path
from typing import Any

import archive
import names
import scenario
import traits
from calls import Call, call_days, people_of, write_first_call, write_later_call
from dialogue import Mention
from grammar import TEMPLATES

ROOT = Path(__file__).resolve().parent.parent
WORKSPACE = ROOT / "workspace"
REFERENCE = ROOT / "reference"
N_SPOKEN = {("won", True): 11, ("lost", False): 12, ("open", True): 2, ("open", False): 3}
UNLISTED_SHARE = 0.22
SPOKEN_WORDS, SPOKEN_TRIES = (125, 245), 20

CONFIG = """\
# Clearpath is an invented seller of planning software. Everybody here is invented, and every call
# was written and spoken by programs. How: sample_audio/README.md in the project's repository.
name = "Clearpath Planning (synthetic demo)"
synthetic = true

[ingest]
seller_names = [{owners}]

[transcribe]
model = "demo-en"
languages = ["en"]

[evidence]
stratify_by = "segment"
# Written down before looking: what the sales team believes.
hypotheses = [
    "pain/manual_work",
    "stakeholder/it/c_level/present",
    "trigger/new_leader",
    "pain/slow_process",
    "tool/salesforce",
    "question/security",
    "trigger/growth_hiring",
]
"""


@dataclass(frozen=True)
class PlacedCall:
    """A call with its file; `listed` says whether `calls.csv` names it."""

    call: Call
    file: str
    listed: bool
    times: tuple[tuple[float, float], ...]


def main() -> None:
    """Write everything."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--text-only", action="store_true", help="leave the recordings alone")
    options = parser.parse_args()
    deals = scenario.build_deals()
    spoken = spoken_deals(deals)
    calls = [call for deal in deals for call in calls_of(deal, spoken=deal.deal_id in spoken)]
    if not options.text_only:
        import audio

        recordings = [call for call in calls if is_spoken(call, spoken)]
        audio.write_recordings(recordings, WORKSPACE, REFERENCE)
    shutil.rmtree(WORKSPACE / "transcripts", ignore_errors=True)
    placed = place_calls(calls, spoken)
    write_workspace(deals, placed)
    write_reference(deals, placed)


def spoken_deals(deals: list[scenario.DealPlan]) -> set[str]:
    """Choose the deals whose first call is a recording: short ones, both outcomes alike."""
    rng = random.Random(f"{scenario.SEED}:spoken")
    chosen: set[str] = set()
    for (outcome, likely), count in N_SPOKEN.items():
        sizes = {
            deal.deal_id: _bulk(deal) + 2 * rng.random()
            for deal in deals
            if (deal.outcome, deal.likely) == (outcome, likely) and can_be_spoken(deal)
        }
        by_id = {deal.deal_id: deal for deal in deals}
        fit = (
            deal_id
            for deal_id in sorted(sizes, key=sizes.__getitem__)
            if pace_words(calls_of(by_id[deal_id], spoken=True)[0]) <= SPOKEN_WORDS[1]
        )
        chosen.update(islice(fit, count))
    return chosen


def _bulk(deal: scenario.DealPlan) -> float:
    """Return about how many lines a first call needs; questions get answers, traps replies."""
    questions = sum(key.startswith("question/") for key in deal.traits)
    return len(deal.traits) + 0.7 * questions + 1.7 * len(deal.traps) + len(deal.bosses)


def can_be_spoken(deal: scenario.DealPlan) -> bool:
    """Say whether the grammar that the speech model learnt has words for all of a first call."""
    rivals = {"competitor/planora", "competitor/opsline"}
    for key in deal.traits - {"cto", "excel_manual"} - rivals:
        kind, topic = traits.BY_KEY[key].trait.split("/")[:2]
        if ("buyer", kind, topic) not in TEMPLATES:
            return False
    return True


def calls_of(deal: scenario.DealPlan, *, spoken: bool) -> list[Call]:
    """Return the calls of a deal, each written from a seed of its own."""
    rng = random.Random(f"{scenario.SEED}:{deal.deal_id}")
    people = people_of(deal, rng, spoken=spoken)
    days = call_days(deal, rng)
    first = write_first_call(deal, people, rng, spoken=spoken)
    for _ in range(SPOKEN_TRIES if spoken else 0):
        if SPOKEN_WORDS[0] <= pace_words(first) <= SPOKEN_WORDS[1]:
            break
        first = write_first_call(deal, people, rng, spoken=True)
    calls = [first]
    for number, day in enumerate(days[1:], start=2):
        last = number == len(days)
        calls.append(write_later_call(deal, people, number, day, rng, last=last))
    return calls


def pace_words(call: Call) -> float:
    """Return the length of a call in words, a pause between lines counted as two."""
    return sum(len(line.text.split()) + 2 for line in call.lines)


def is_spoken(call: Call, spoken: set[str]) -> bool:
    """Say whether a call is one of the recordings."""
    return call.number == 1 and call.deal.deal_id in spoken


def place_calls(calls: list[Call], spoken: set[str]) -> list[PlacedCall]:
    """Give each call its file; write the transcripts."""
    recorded = read_recordings()
    placed = []
    for call in calls:
        rng = random.Random(f"{scenario.SEED}:{call.deal.deal_id}:{call.number}:file")
        if is_spoken(call, spoken):
            if call.deal.deal_id in recorded:
                record = recorded[call.deal.deal_id]
                if [line["text"] for line in record["lines"]] != [x.text for x in call.lines]:
                    raise SystemExit(
                        f"{record['file']} no longer says what {call.deal.deal_id} is planned to "
                        "say; run without --text-only to speak the recordings again"
                    )
                times = tuple((line["start_s"], line["end_s"]) for line in record["lines"])
                placed.append(PlacedCall(call, record["file"], True, times))
            continue
        listed, zoom = rng.random() >= UNLISTED_SHARE, rng.random() < 0.55
        file = archive.transcript_name(call, rng, listed=listed, zoom=zoom)
        placed.append(write_transcript(call, file, rng, listed=listed, zoom=zoom))
    return placed


def write_transcript(
    call: Call, file: str, rng: random.Random, *, listed: bool, zoom: bool
) -> PlacedCall:
    """Write one call as a Zoom or Teams transcript."""
    times = archive.timed(call.lines, rng)
    vtt = archive.zoom_vtt(call.lines, times) if zoom else archive.teams_vtt(call.lines, times, rng)
    archive.write_text(WORKSPACE / file, vtt)
    return PlacedCall(call, file, listed, tuple(times))


def read_recordings() -> dict[str, dict[str, Any]]:
    """Return what was spoken, by deal; empty before the recordings are made."""
    path = REFERENCE / "recordings.jsonl"
    if not path.exists():
        return {}
    records = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
    return {record["deal_id"]: record for record in records}


def write_workspace(deals: list[scenario.DealPlan], placed: list[PlacedCall]) -> None:
    """Write the CSV files, the configuration, and two calls that belong to no deal."""
    rng = random.Random(f"{scenario.SEED}:crm")
    rows = archive.deal_rows(deals, rng)
    archive.write_text(WORKSPACE / "deals.csv", archive.csv_text(archive.DEALS_HEADER, rows))
    listed = sorted(
        (item.file, item.call.deal.deal_id, item.call.day.isoformat(),
         archive.attendees(item.call.people))
        for item in placed if item.listed
    )  # fmt: skip
    header = ("file", "deal_id", "date", "attendees")
    archive.write_text(WORKSPACE / "calls.csv", archive.csv_text(header, listed))
    owners = ", ".join(f'"{owner}"' for owner in names.OWNERS)
    archive.write_text(WORKSPACE / "icp-voice.toml", CONFIG.format(owners=owners))
    strays = (
        ("transcripts/2026-q1/2026-02-11 intro, deal number missing.vtt", date(2026, 2, 11), False),
        ("transcripts/2026-q2/GMT20260422-090312_Recording.vtt", date(2026, 4, 22), True),
    )
    for file, day, zoom in strays:
        stray_rng = random.Random(f"{scenario.SEED}:{file}")
        deal = scenario.DealPlan(
            "open", "mid", False, account="Tarnona Works", owner=names.OWNERS[1], industry="retail",
            first_call=day, title="Operations Manager", role="operations",
            traits={"pain/slow_process", "question/price", "tool/salesforce"},
        )  # fmt: skip
        call = write_first_call(deal, people_of(deal, stray_rng), stray_rng)
        write_transcript(call, file, stray_rng, listed=False, zoom=zoom)


def write_reference(deals: list[scenario.DealPlan], placed: list[PlacedCall]) -> None:
    """Write the truth: traits of each deal's first call, what each line means, what is planted."""
    columns: dict[str, str] = {}
    for plan in traits.PLANS:
        for trait in (plan.trait, *plan.also):
            columns[trait] = plan.key
    columns["stakeholder/it/present"] = ""
    rows = []
    for deal in deals:
        at_table = {deal.role} | ({deal.extra[1]} if deal.extra else set())
        values = [
            int(("cto" in deal.traits or "it" in at_table) if not key else key in deal.traits)
            for key in columns.values()
        ]
        rows.append([deal.deal_id, deal.outcome, deal.segment, deal.owner, *values])
    header = ("deal_id", "outcome", "segment", "owner", *columns)
    archive.write_text(REFERENCE / "true_traits.csv", archive.csv_text(header, rows))
    archive.write_text(REFERENCE / "mentions.csv", archive.csv_text(
        ("file", "deal_id", "call_number", "start_s", "side", "kind", "topic", "status",
         "elicited", "line"),
        (row for item in placed for row in _mention_rows(item)),
    ))  # fmt: skip
    archive.write_text(ROOT / "planted.json", json.dumps(planted(), indent=2) + "\n")


def _mention_rows(item: PlacedCall) -> list[tuple[object, ...]]:
    def row(start_s: float, side: str, mention: Mention, text: str) -> tuple[object, ...]:
        return (
            item.file, item.call.deal.deal_id, item.call.number, f"{start_s:.2f}", side,
            mention.kind, mention.topic, mention.status, int(mention.elicited), text,
        )  # fmt: skip

    return [
        row(start_s, line.person.side, mention, line.text)
        for line, (start_s, _) in zip(item.call.lines, item.times, strict=True)
        for mention in line.mentions
    ]


def planted() -> dict[str, object]:
    """Return what was built into the data, by what a careful analysis must make of it."""
    groups: dict[str, list[dict[str, object]]] = {}
    for plan in traits.PLANS:
        entry: dict[str, object] = {"trait": plan.trait}
        if plan.also:
            entry["said_together_with"] = list(plan.also)
        if plan.by_segment is not None:
            entry["rate_by_segment"] = plan.by_segment
        else:
            entry |= {"rate_won": plan.won, "rate_lost": plan.lost}
        if plan.later:
            entry["rate_in_later_calls"] = plan.later
        groups.setdefault(plan.role, []).append(entry)
    return {
        "note": "Synthetic data. Rates are shares of deals in whose first call the buyer says it.",
        "seed": scenario.SEED,
        **groups,
        "absent_attributes": ["industry", "region", "source", "owner"],
        "must_have": ["pain/manual_work"],
    }


if __name__ == "__main__":
    main()
