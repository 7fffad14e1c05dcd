"""`icp-voice analyze` and `icp-voice demo`: the main job."""

import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from icp_voice.workspace import Workspace

FOLDER = click.Path(path_type=Path)
FILE = click.Path(path_type=Path, dir_okay=False)


def workspace_options(command: Callable[..., int]) -> Callable[..., int]:
    """Add the options that `analyze` and `watch` share: how a folder becomes a workspace."""
    for option in reversed(
        (
            click.option(
                "--calls", type=FILE, help="Sidecar of calls: file, deal_id, date, attendees."
            ),
            click.option("--results", type=FOLDER, help="Where results go, if not into FOLDER."),
            click.option(
                "--model", help="Speech model: a bundled name, a local folder, or a name to fetch."
            ),
            click.option(
                "--language", "languages", multiple=True, help="A language that may occur; repeat."
            ),
            click.option(
                "--offline", is_flag=True, help="Never ask the network, not even for a model."
            ),
        )
    ):
        command = option(command)
    return command


@click.command()
@click.argument("folder", type=FOLDER)
@click.option("--deals", type=FILE, help="Deals with outcomes, as your CRM exports them (CSV).")
@workspace_options
@click.option("--include-poor", is_flag=True, help="Count calls of poor quality too.")
@click.option("--quotes/--no-quotes", default=True, help="Show or leave out what was said.")
def analyze(
    folder: Path,
    deals: Path | None,
    calls: Path | None,
    results: Path | None,
    model: str | None,
    languages: tuple[str, ...],
    offline: bool,
    include_poor: bool,
    quotes: bool,
) -> int:
    """Transcribe what is new in FOLDER, join it to the deals, and propose an ICP.

    FOLDER holds recordings and transcripts, or is a workspace with recordings/, transcripts/,
    deals.csv, calls.csv and icp-voice.toml. A second run does only what is new.
    """
    from icp_voice.workspace import open_workspace

    workspace = open_workspace(
        folder,
        deals=deals,
        calls=calls,
        results=results,
        model=model,
        languages=languages,
        offline=offline,
        include_poor=include_poor,
    )
    return _run(workspace, quotes=quotes)


@click.command()
@click.argument("folder", type=FOLDER, default=Path("icp-demo"))
@click.option("--quotes/--no-quotes", default=True, help="Show or leave out what was said.")
def demo(folder: Path, quotes: bool) -> int:
    """Run the whole job on the bundled synthetic calls, in ./icp-demo/."""
    from icp_voice.workspace import copy_sample_workspace, open_workspace

    copy_sample_workspace(folder)
    click.echo(f"Sample workspace (synthetic calls and deals): {folder}", err=True)
    return _run(open_workspace(folder, offline=True), quotes=quotes)


def _run(workspace: "Workspace", *, quotes: bool) -> int:
    from icp_voice import pipeline
    from icp_voice.cli.bars import Bars
    from icp_voice.cli.summary import print_summary

    with Bars() as bars:
        run = pipeline.analyze(workspace, bars)
    print_summary(run, quotes=quotes)
    for failure in run.failures:
        click.echo(f"Failed: {failure.name}: {failure.reason}", err=True)
    sys.stdout.flush()
    return 1 if run.failures else 0
