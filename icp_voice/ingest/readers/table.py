"""Read Whisper's TSV: `start`, `end` in whole milliseconds, `text`, one segment a line."""

from icp_voice.ingest.cues import Cue
from icp_voice.ingest.readers.content import Content
from icp_voice.ingest.readers.meeting import Meeting, ReadError
from icp_voice.ingest.readers.values import seconds

_COLUMNS = ("start", "end", "text")


def is_whisper_tsv(content: Content) -> bool:
    """Tell the table by its header."""
    first = next((line for line in content.lines if line.strip()), "")
    return _columns(first)[:2] == ["start", "end"] and "text" in _columns(first)


def read_whisper_tsv(content: Content) -> list[Meeting]:
    """Read the table; a `speaker` column is used where there is one.

    Raises:
        ReadError: a line without times; names it.
    """
    columns: list[str] | None = None
    cues = []
    for number, line in enumerate(content.lines, start=1):
        if not line.strip():
            continue
        if columns is None:
            columns = _columns(line)
            continue
        # The last column takes the rest: Whisper itself writes no tab into the text.
        cells = dict(zip(columns, line.split("\t", len(columns) - 1), strict=False))
        start_s = seconds(cells.get("start"), per_second=1000.0)
        end_s = seconds(cells.get("end"), per_second=1000.0)
        if start_s is None or end_s is None or "." in cells["start"]:
            raise ReadError(f"line {number} has no start and end in whole milliseconds")
        text = " ".join(cells.get("text", "").split())
        if text:
            speaker = cells.get("speaker", "").strip() or None
            cues.append(Cue(start_s, max(start_s, end_s), speaker, text))
    return [Meeting(tuple(cues))]


def _columns(line: str) -> list[str]:
    return [cell.strip().lower() for cell in line.split("\t")]
