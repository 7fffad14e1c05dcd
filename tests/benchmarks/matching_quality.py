"""How well calls find their deals without ids: precision and recall on the sample workspace.

    python tests/benchmarks/matching_quality.py [MAVEN_FOLDER]

Ids are taken out of the file names and calls.csv is left out; what remains is what a scenario
leaves. With the folder of the Maven CRM data set (accounts.csv, sales_pipeline.csv) the same is
done for invented calls of its 8,800 deals, of which about 100 share each account.
"""

import csv
import random
import re
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import date, timedelta
from pathlib import Path

from icp_voice.config import IngestConfig
from icp_voice.ingest.deals import read_deals
from icp_voice.ingest.matching import match_calls
from icp_voice.records import CallFacts, Deal, Participant

WORKSPACE = Path(__file__).parents[2] / "sample_audio" / "workspace"
ID = re.compile(r"SYN-\d+")
LETTERS = "abcdefghijklmnopqrstuvwxyz"


@dataclass(frozen=True)
class Call:
    """A call whose deal is known, for a scenario to disguise."""

    path: str
    deal_id: str
    account: str
    day: date


def sample_calls() -> list[Call]:
    """Return the sample workspace's calls with their deals."""
    deals = {d.deal_id: d for d in read_deals(WORKSPACE / "deals.csv", IngestConfig()).deals}
    with (WORKSPACE / "calls.csv").open(encoding="utf-8", newline="") as file:
        listed = {row["file"]: (row["deal_id"], row["date"]) for row in csv.DictReader(file)}
    calls = []
    for path in sorted(WORKSPACE.rglob("*.*")):
        name = path.relative_to(WORKSPACE).as_posix()
        found = re.search(r"(\d{4}-\d{2}-\d{2}) (SYN-\d+)", name)
        deal_id, day = listed.get(name) or ((found[2], found[1]) if found else ("", ""))
        if deal_id and path.suffix not in (".csv", ".toml"):
            account = deals[deal_id].attributes["account"] or ""
            calls.append(Call(name.split("/", 1)[1], deal_id, account, date.fromisoformat(day)))
    return calls


def misspell(name: str, rng: random.Random) -> str:
    """Return a name with one letter left out, doubled, swapped or replaced."""
    at = rng.randrange(1, len(name) - 1)
    return rng.choice(
        [
            name[:at] + name[at + 1 :],
            name[:at] + name[at] + name[at:],
            name[:at] + name[at + 1] + name[at] + name[at + 2 :],
            name[:at] + rng.choice(LETTERS) + name[at + 1 :],
        ]
    )


def domain_of(account: str) -> str:
    """Return an invented mail domain of an account."""
    return re.sub(r"[^a-z0-9]+", "", account.lower()) + ".example"


AS_THEY_ARE = "names as they are, ids out"
Disguise = Callable[[Call, random.Random], CallFacts]


def facts(path: str, *people: Participant, title: str | None = None) -> CallFacts:
    """Return what is known of a call by a path, its attendees and its title."""
    return CallFacts(path, (path,), participants=people, title=title)


SCENARIOS: dict[str, Disguise] = {
    AS_THEY_ARE: lambda c, _: facts(ID.sub("", c.path)),
    "account and day in the name": lambda c, _: facts(f"{c.day} {c.account}.mp3"),
    "account in the name, no day": lambda c, _: facts(f"call {c.account}.mp3"),
    "CamelCase account and day": lambda c, _: facts(
        f"{c.day}_{c.account.replace(' ', '')}_intro.mp3"
    ),
    "account misspelt, day": lambda c, rng: facts(f"{c.day} {misspell(c.account, rng)}.mp3"),
    "account as a folder, day": lambda c, _: facts(f"{c.account}/GMT{c.day:%Y%m%d}-101500.m4a"),
    "account in the title, day": lambda c, _: facts(f"{c.day}.vtt", title=f"{c.account} x Us"),
    "mail domain and day": lambda c, _: facts(
        f"GMT{c.day:%Y%m%d}-101500.m4a",
        Participant("Ann Lee", "seller", email="ann@clearpath.example"),
        Participant("Bo Ek", email=f"bo@{domain_of(c.account)}"),
    ),
    "another account, not in the CRM": lambda c, _: facts(f"{c.day} {c.account[::-1]}.mp3"),
}


def measure(calls: Iterable[Call], deals: tuple[Deal, ...], label: str) -> None:
    """Print one line a scenario."""
    calls = list(calls)
    print(f"{label}: {len(calls)} calls, {len(deals)} deals")
    for name, disguise in SCENARIOS.items():
        if name == AS_THEY_ARE and not calls[0].path:
            continue
        rng = random.Random(20260101)
        started = time.perf_counter()
        known = [disguise(call, rng) for call in calls]
        matches = match_calls(known, deals, IngestConfig())
        spent_s = time.perf_counter() - started
        matched = [(m, c) for m, c in zip(matches, calls, strict=True) if m.deal_id]
        right = sum(m.deal_id == c.deal_id for m, c in matched)
        lowest = min((m.confidence for m, c in matched if m.deal_id == c.deal_id), default=0.0)
        asked = sum(
            c.deal_id in {x.deal_id for x in m.candidates}
            for m, c in zip(matches, calls, strict=True)
        )
        kinds = Counter(m.reason for m in matches)
        precision = right / len(matched) if matched else float("nan")
        print(
            f"  {name:34} precision {precision:.3f}  recall {right / len(calls):.3f}  "
            f"wrong {len(matched) - right}  the right one among the candidates {asked}  "
            f"lowest right {lowest:.2f}  {spent_s:.1f} s  {dict(sorted(kinds.items()))}"
        )


def maven_calls(folder: Path) -> tuple[list[Call], tuple[Deal, ...]]:
    """Return 1,000 invented calls, each within the days of a deal of the Maven data set."""
    deals = read_deals(folder / "sales_pipeline.csv", IngestConfig()).deals
    rng = random.Random(20260101)
    named = [d for d in deals if d.account_id and d.created_on and d.closed_on]
    calls = []
    for deal in rng.sample(named, 1000):
        assert deal.created_on
        assert deal.closed_on
        days = (deal.closed_on - deal.created_on).days
        day = deal.created_on + timedelta(days=rng.randint(0, max(days, 0)))
        calls.append(Call("", deal.deal_id, deal.account_id or "", day))
    return calls, deals


def main() -> None:
    """Measure the sample workspace, and the Maven data set where its folder is named."""
    deals = read_deals(WORKSPACE / "deals.csv", IngestConfig()).deals
    with_mail = tuple(
        replace(
            deal,
            attributes={
                **deal.attributes,
                "website": f"https://www.{domain_of(deal.attributes['account'] or '')}/",
            },
        )
        for deal in deals
    )
    measure(sample_calls(), with_mail, "sample workspace")
    if len(sys.argv) > 1:
        calls, maven = maven_calls(Path(sys.argv[1]))
        measure(calls, maven, "Maven, every deal")
        dated = [d for d in maven if d.account_id and d.created_on and d.closed_on]
        one_each = tuple({deal.account_id: deal for deal in dated}.values())
        measure([call_of(deal) for deal in one_each], one_each, "Maven, one deal an account")


def call_of(deal: Deal) -> Call:
    """Return a call of a deal, a week after it was opened."""
    assert deal.created_on
    return Call("", deal.deal_id, deal.account_id or "", deal.created_on + timedelta(days=7))


if __name__ == "__main__":
    main()
