"""`icp-voice matches`: which deal each call belongs to, and decisions on what is left open."""

import csv
import json
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from icp_voice.errors import MatchError

if TYPE_CHECKING:
    from icp_voice.match_tables import CallDeal

SHOWN_CANDIDATES = 5
COLUMNS = (
    *("call_id", "file", "date", "started_at", "deal_id", "deal_name", "reason", "confidence"),
    *("waits", "detail", "candidates"),
)


@click.command()
@click.argument("folder", type=click.Path(path_type=Path))
@click.option("--all", "all_calls", is_flag=True, help="Every call, not only those that wait.")
@click.option(
    "--format",
    "form",
    type=click.Choice(["table", "json", "csv"]),
    default="table",
    show_default=True,
    help="How the calls are written.",
)
@click.option("--ask", is_flag=True, help="Go through the waiting calls one by one.")
@click.option("--call", metavar="CALL", help="The call to decide on: its id, file name or path.")
@click.option("--deal", metavar="DEAL", help="With --call: the deal it belongs to.")
@click.option("--no-deal", is_flag=True, help="With --call: it belongs to no deal.")
@click.option("--undo", is_flag=True, help="With --call: forget what was decided.")
def matches(
    folder: Path,
    all_calls: bool,
    form: str,
    ask: bool,
    call: str | None,
    deal: str | None,
    no_deal: bool,
    undo: bool,
) -> int:
    """List the calls whose deal is not certain, and decide on them.

    FOLDER is where icp-voice analyze put its results. A decision is remembered by what the file
    holds, whatever its name, and goes before everything the program finds.
    """
    from icp_voice import match_steps

    n_choices = sum((deal is not None, no_deal, undo))
    if call is None and n_choices:
        raise click.UsageError("--deal, --no-deal and --undo need --call CALL.")
    if call is not None and n_choices != 1:
        raise click.UsageError("--call needs one of --deal DEAL, --no-deal and --undo.")
    if call is not None:
        if deal is not None:
            decided = match_steps.decide_deal(folder, call, deal)
        elif no_deal:
            decided = match_steps.decide_no_deal(folder, call)
        else:
            decided = match_steps.undo_decision(folder, call)
        _say_decision(decided)
        _say_next(folder)
        return 0
    calls = match_steps.call_deals(folder)
    waiting = [found for found in calls if found.waits]
    if ask:
        _go_through(folder, waiting)
        return 0
    _print(calls if all_calls else waiting, form)
    if form == "table":
        _print_counts(folder, n_calls=len(calls), n_waiting=len(waiting), all_calls=all_calls)
    return 0


def _print(calls: Sequence["CallDeal"], form: str) -> None:
    if form == "json":
        for call in calls:
            click.echo(json.dumps(_document(call), ensure_ascii=False))
    elif form == "csv":
        _print_csv(calls)
    else:
        _print_table(calls)


def _document(call: "CallDeal") -> dict[str, Any]:
    """Return a call as one JSON object; a public contract, see the README."""
    return {
        "call_id": call.call_id,
        "file": call.path,
        "date": call.called_on.isoformat() if call.called_on else None,
        "started_at": call.started_at.isoformat() if call.started_at else None,
        "deal_id": call.deal_id,
        "deal_name": call.deal_name,
        "reason": call.reason,
        "confidence": call.confidence,
        "waits": call.waits,
        "detail": call.detail,
        "candidates": [{"deal_id": c.deal_id, "why": c.why} for c in call.candidates],
    }


def _print_csv(calls: Sequence["CallDeal"]) -> None:
    from icp_voice.export.text import defuse

    writer = csv.writer(sys.stdout, lineterminator="\n")
    writer.writerow(COLUMNS)
    for call in calls:
        document = _document(call)
        document["candidates"] = " ".join(c.deal_id for c in call.candidates)
        document["waits"] = "yes" if call.waits else "no"
        cells = ("" if document[c] is None else str(document[c]) for c in COLUMNS)
        writer.writerow([defuse(cell) for cell in cells])


def _print_table(calls: Sequence["CallDeal"]) -> None:
    from rich.console import Console
    from rich.markup import escape

    out = Console(highlight=False, soft_wrap=True)
    for call in calls:
        deal = "no deal" if call.deal_id is None else _deal_words(call)
        day = call.called_on.isoformat() if call.called_on else "no date"
        out.print(
            f"[bold]{escape(call.path)}[/bold]  {call.call_id}  {day}  "
            f"[cyan]{escape(deal)}[/cyan]  {call.reason}  {call.confidence:.2f}"
        )
        out.print(f"    {escape(call.detail)}")
        for candidate in call.candidates[:SHOWN_CANDIDATES]:
            out.print(f"        {escape(candidate.deal_id)}: {escape(candidate.why)}", style="dim")
        n_more = len(call.candidates) - SHOWN_CANDIDATES
        if n_more > 0:
            out.print(f"        and {n_more} more (--format json lists them)", style="dim")


def _print_counts(folder: Path, *, n_calls: int, n_waiting: int, all_calls: bool) -> None:
    if not n_waiting:
        click.echo(f"{n_calls} calls, none waits for a decision.")
        return
    verb = "waits" if n_waiting == 1 else "wait"
    click.echo(f"{n_waiting} of {n_calls} calls {verb} for a decision.")
    if not all_calls:
        click.echo(f"Decide:  icp-voice matches {folder} --call CALL --deal DEAL (or --no-deal)")
        click.echo(f"One by one:  icp-voice matches {folder} --ask")


def _deal_words(call: "CallDeal") -> str:
    return f"{call.deal_id} ({call.deal_name})" if call.deal_name else str(call.deal_id)


def _say_decision(call: "CallDeal") -> None:
    where = "belongs to no deal" if call.deal_id is None else f"belongs to {_deal_words(call)}"
    click.echo(f"{call.path} {where}: {call.detail}.")


def _say_next(folder: Path) -> None:
    click.echo(f"Bring the results up to date:  icp-voice analyze {folder}", err=True)


def _go_through(folder: Path, waiting: Sequence["CallDeal"]) -> None:
    """Ask about each waiting call; every answer is kept at once, so that one may stop anywhere."""
    n_decided = 0
    for number, call in enumerate(waiting, start=1):
        click.echo(f"\n{number} of {len(waiting)}")
        _print_table([call])
        for index, candidate in enumerate(call.candidates[:SHOWN_CANDIDATES], start=1):
            click.echo(f"  {index}  {candidate.deal_id}")
        if call.deal_id is not None:
            click.echo(f"  y  yes, {call.deal_id}")
        click.echo("  n  no deal    s  skip    q  stop    or type a deal's id")
        answer = _ask(folder, call)
        if answer == "q":
            break
        n_decided += answer != "s"
    if not waiting:
        click.echo("No call waits for a decision.")
    if n_decided:
        _say_next(folder)


def _ask(folder: Path, call: "CallDeal") -> str:
    """Ask until the answer can be used; what decides is kept before it is returned."""
    while True:
        answer: str = click.prompt("Deal", default="s", show_default=False).strip()
        if answer in ("q", "s"):
            return answer
        try:
            _decide(folder, call, answer)
        except MatchError as error:
            click.echo(str(error), err=True)
        else:
            return answer


def _decide(folder: Path, call: "CallDeal", answer: str) -> None:
    from icp_voice import match_steps

    if answer == "n":
        decided = match_steps.decide_no_deal(folder, call.call_id)
    elif answer == "y" and call.deal_id is not None:
        decided = match_steps.decide_deal(folder, call.call_id, call.deal_id)
    else:
        shown = [c.deal_id for c in call.candidates[:SHOWN_CANDIDATES]]
        picked = answer.isdigit() and 1 <= int(answer) <= len(shown)
        deal_id = shown[int(answer) - 1] if picked else answer
        decided = match_steps.decide_deal(folder, call.call_id, deal_id)
    _say_decision(decided)
