"""`icp-voice formats`."""

import json

from click.testing import CliRunner

from icp_voice.cli.main import cli
from icp_voice.ingest.readers.formats import FORMATS
from icp_voice.ingest.recordings import RECORDING_SUFFIXES, TRANSCRIPT_SUFFIXES


def test_json_lists_every_format() -> None:
    """Programs get each transcript format with its source, and the recordings' suffixes."""
    result = CliRunner().invoke(cli, ["formats", "--format", "json"])
    document = json.loads(result.stdout)
    assert [row["name"] for row in document["transcripts"]] == [row.name for row in FORMATS]
    assert all(row["source"] and row["told_by"] for row in document["transcripts"])
    assert set(document["recordings"]["suffixes"]) == RECORDING_SUFFIXES


def test_table_names_every_program() -> None:
    """People find the program they use, and the suffix of their files."""
    said = CliRunner().invoke(cli, ["formats"]).stdout
    for name in (
        *("Zoom", "Microsoft Teams", "Google Meet", "Otter", "Fireflies", "Gong", "Fathom"),
        *("Deepgram", "AssemblyAI", "Azure", "WhisperX", "whisper-timestamped", ".mp3", ".tsv"),
    ):
        assert name in said


def test_formats_use_only_suffixes_that_are_looked_at() -> None:
    """No format is listed whose files a scan would pass by, and no name twice."""
    assert {suffix for row in FORMATS for suffix in row.suffixes} == TRANSCRIPT_SUFFIXES
    assert len({row.name for row in FORMATS}) == len(FORMATS)
