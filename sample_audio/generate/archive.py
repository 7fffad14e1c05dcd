"""Write the files of the workspace: transcripts as meeting tools export them, and the CSV files."""

from __future__ import annotations

import csv
import html
import io
import random
import uuid
from collections.abc import Iterable, Sequence
from pathlib import Path

from calls import Call
from dialogue import Line, Person
from scenario import DealPlan

LABEL = "Synthetic call: invented people and companies, written by a program"
WORDS_A_MINUTE = 152


def timed(lines: Sequence[Line], rng: random.Random) -> list[tuple[float, float]]:
    """Return start and end of each line in seconds, at a natural pace with pauses."""
    now_s = rng.uniform(1.5, 25.0)
    times = []
    for number, line in enumerate(lines):
        if number:
            same = lines[number - 1].person == line.person
            now_s += rng.uniform(0.1, 0.5) if same else rng.uniform(0.2, 1.6)
        length_s = 0.4 + 60 * len(line.text.split()) / (WORDS_A_MINUTE * rng.uniform(0.9, 1.15))
        times.append((round(now_s, 3), round(now_s + length_s, 3)))
        now_s += length_s
    return times


def zoom_vtt(lines: Sequence[Line], times: Sequence[tuple[float, float]]) -> str:
    """Return the Zoom dialect: CRLF, integer cue ids, `Name: text`."""
    parts = ["WEBVTT", "", f"NOTE {LABEL}", ""]
    for number, (line, (start_s, end_s)) in enumerate(zip(lines, times, strict=True), start=1):
        parts += [str(number), f"{_clock(start_s)} --> {_clock(end_s)}"]
        parts += [f"{line.person.name}: {line.text}", ""]
    return "\r\n".join(parts)


def teams_vtt(
    lines: Sequence[Line], times: Sequence[tuple[float, float]], rng: random.Random
) -> str:
    """Return the Teams dialect: `<v Name>text</v>`, cue ids of a GUID and two numbers."""
    guid = uuid.UUID(int=rng.getrandbits(128), version=4)
    parts = ["WEBVTT", "", f"NOTE {LABEL}", ""]
    for number, (line, (start_s, end_s)) in enumerate(zip(lines, times, strict=True)):
        parts += [f"{guid}/{7 * number + 3}-0", f"{_clock(start_s)} --> {_clock(end_s)}"]
        parts += [f"<v {line.person.name}>{_wrapped(html.escape(line.text, quote=False))}</v>", ""]
    return "\n".join(parts)


def _wrapped(text: str, width: int = 64) -> str:
    """Break a long cue in two lines, as Teams does."""
    if len(text) <= width:
        return text
    cut = text.rfind(" ", 0, width)
    return text[:cut] + "\n" + text[cut + 1 :]


def _clock(seconds: float) -> str:
    whole, thousandths = divmod(round(seconds * 1000), 1000)
    return f"{whole // 3600:02d}:{whole // 60 % 60:02d}:{whole % 60:02d}.{thousandths:03d}"


def attendees(people: Iterable[Person]) -> str:
    """Return an attendee list as `calls.csv` holds it: `Name | title | side; ...`."""
    return "; ".join(f"{person.name} | {person.title} | {person.side}" for person in people)


def transcript_name(call: Call, rng: random.Random, *, listed: bool, zoom: bool) -> str:
    """Return a transcript's path in the workspace; unlisted files carry the deal's id and date."""
    folder = f"transcripts/{call.day.year}-q{(call.day.month + 2) // 3}"
    if not listed:
        return f"{folder}/{call.day.isoformat()} {call.deal.deal_id} call {call.number}.vtt"
    if zoom:
        clock = f"{rng.randrange(8, 17):02d}{rng.randrange(60):02d}{rng.randrange(60):02d}"
        return f"{folder}/GMT{call.day:%Y%m%d}-{clock}_Recording.transcript.vtt"
    what = ("Intro call", "Demo", "Follow-up", "Next steps", "Final questions")[call.number - 1]
    return f"{folder}/{what} {call.deal.account} {call.day:%Y-%m-%d}.vtt"


def csv_text(header: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """Return rows as CSV with a header and LF line ends."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(header)
    writer.writerows(rows)
    return out.getvalue()


DEALS_HEADER = (
    "deal_id", "name", "account_id", "account", "outcome", "stage", "amount", "currency", "owner",
    "created_at", "closed_at", "first_call_at", "segment", "industry", "employees", "source",
    "region",
)  # fmt: skip


def deal_rows(deals: Sequence[DealPlan], rng: random.Random) -> list[list[object]]:
    """Return the rows of `deals.csv`, with the blanks that every CRM has."""
    rows = []
    for deal in deals:

        def maybe(value: object, blank_share: float) -> object:
            return "" if rng.random() < blank_share else value

        rows.append([
            deal.deal_id, f"{deal.account} (synthetic)", deal.account_id, deal.account,
            deal.outcome, deal.stage, maybe(deal.amount, 0.04), "EUR", deal.owner,
            deal.created.isoformat(), deal.closed.isoformat() if deal.closed else "",
            maybe(deal.first_call.isoformat(), 0.25), deal.segment, maybe(deal.industry, 0.05),
            maybe(deal.employees, 0.05), maybe(deal.source, 0.06), maybe(deal.region, 0.04),
        ])  # fmt: skip
    return rows


def write_text(path: Path, text: str) -> None:
    """Write UTF-8 with the line ends as they are."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(text.encode("utf-8"))
