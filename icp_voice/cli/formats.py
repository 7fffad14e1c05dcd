"""`icp-voice formats`: what a folder may hold."""

import json
from collections.abc import Mapping
from typing import Any

import click

from icp_voice.cli.filters import FORMAT


@click.command()
@FORMAT
def formats(form: str) -> int:
    """List the transcripts and recordings that are read."""
    document = _document()
    if form == "json":
        click.echo(json.dumps(document, ensure_ascii=False))
    else:
        _print_table(document)
    return 0


def _document() -> dict[str, Any]:
    from icp_voice.ingest.readers.formats import FORMATS
    from icp_voice.ingest.recordings import RECORDING_SUFFIXES

    transcripts = [
        {
            "name": row.name,
            "source": row.source,
            "suffixes": list(row.suffixes),
            "told_by": row.told_by,
        }
        for row in FORMATS
    ]
    return {"transcripts": transcripts, "recordings": {"suffixes": sorted(RECORDING_SUFFIXES)}}


def _print_table(document: Mapping[str, Any]) -> None:
    from rich.console import Console
    from rich.table import Table

    table = Table(box=None, header_style="bold", padding=(0, 1))
    for column in ("transcript", "of", "usual suffix", "told by"):
        table.add_column(column, no_wrap=column == "transcript", overflow="fold")
    for row in sorted(document["transcripts"], key=lambda row: row["name"]):
        table.add_row(row["name"], row["source"], " ".join(row["suffixes"]), row["told_by"])
    console = Console(highlight=False, markup=False)
    console.print(table)
    suffixes = " ".join(document["recordings"]["suffixes"])
    console.print(f"Recordings, audio or video, told by their content: {suffixes}")
    console.print("Suffixes only say which files of a folder are looked at.")
