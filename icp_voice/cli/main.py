"""The command `icp-voice`: groups the commands and turns errors into one sentence.

Command modules import only click at the top; what they run is imported when it is run, so that
`icp-voice --help` is instant.
"""

import logging
import os
import sys

import click

from icp_voice import __version__
from icp_voice.cli.analyze import analyze, demo
from icp_voice.cli.filters import extract, measure, transcribe
from icp_voice.cli.formats import formats
from icp_voice.cli.matches import matches
from icp_voice.cli.models import models
from icp_voice.cli.watch import watch
from icp_voice.errors import IcpVoiceError

# Nothing leaves the machine: these are read by the libraries at import, so they are set first.
_PRIVATE = {
    "HF_HUB_DISABLE_TELEMETRY": "1",
    "DO_NOT_TRACK": "1",
    "TOKENIZERS_PARALLELISM": "false",
}


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="icp-voice")
@click.option(
    "-v", "--verbose", is_flag=True, help="Log what each stage does (never what was said)."
)
def cli(verbose: bool) -> None:
    """From recorded sales calls to an ideal customer profile, on your own machine."""
    for name, value in _PRIVATE.items():
        os.environ.setdefault(name, value)
    logging.basicConfig(
        level=logging.INFO if verbose else logging.WARNING,
        format="%(levelname)s %(name)s: %(message)s",
        stream=sys.stderr,
    )


for command in (
    demo,
    analyze,
    watch,
    matches,
    transcribe,
    extract,
    measure,
    models,
    formats,
):
    cli.add_command(command)


def main() -> int:
    """Run the command line; errors of the library become one sentence and an exit code."""
    try:
        result = cli.main(standalone_mode=False, prog_name="icp-voice")
    except click.exceptions.Abort:
        click.echo("Stopped. What was finished is kept; run it again to go on.", err=True)
        return 130
    except click.ClickException as error:
        error.show()
        return error.exit_code
    except IcpVoiceError as error:
        click.echo(f"Error: {error}", err=True)
        return error.exit_code
    except BrokenPipeError:
        # The reader (head, less) went away; keep Python from complaining at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except OSError as error:
        where = f" ({error.filename})" if error.filename else ""
        click.echo(f"Error: {error.strerror or error}{where}. Nothing finished is lost.", err=True)
        return 2
    return result if isinstance(result, int) else 0
