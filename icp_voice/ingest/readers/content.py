"""Open a transcript file: its text, its JSON, or the paragraphs of its Word document."""

import json
import re
import zipfile
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from icp_voice.errors import NoTranscriptError, TranscriptError
from icp_voice.ingest.encoding import decode_text

# A day of talk is under 2 MB of text; JSON with a time and a confidence a word is 50 times that.
MAX_BYTES = 100_000_000
# Word documents hold pictures of the people; what is unpacked is bounded (zip bombs).
MAX_UNPACKED_BYTES = 300_000_000
_ZIP, _OLE = b"PK\x03\x04", b"\xd0\xcf\x11\xe0"

# Keys of which every transcript in JSON has one: where none is there, nothing was damaged.
_KEYS = re.compile(
    r'"(?:segments|sentences|callTranscripts|transcript|transcription|turns|utterances|words'
    r'|phrases|recognizedPhrases|results)"'
)

# The patterns of names and clocks look for gaps; a line of blanks would take them minutes.
_LONG_GAP = re.compile(r"[^\S\n]{9,}")

Container = Literal["text", "json", "docx"]


@dataclass(frozen=True)
class Content:
    """What a file holds.

    Attributes:
        lines: of a text file, or the paragraphs of a Word document; without line ends.
        document: the parsed JSON; None for the others.
    """

    path: Path
    container: Container
    lines: tuple[str, ...] = ()
    document: object = None

    @property
    def text(self) -> str:
        """The lines as one text."""
        return "\n".join(self.lines)


def open_content(path: Path) -> Content:
    """Read a file; what it is, its first bytes say, not its suffix.

    Raises:
        TranscriptError: can't be read, larger than any transcript, or damaged.
    """
    try:
        if path.stat().st_size > MAX_BYTES:
            raise TranscriptError(
                f"{path.name} is larger than {MAX_BYTES // 1_000_000} MB, which no transcript is.",
                path=path,
            )
        data = path.read_bytes()
    except OSError as error:
        message = f"{path.name} can't be read: {error.strerror or error}."
        raise TranscriptError(message, path=path) from error
    if data.startswith(_ZIP):
        return Content(path, "docx", _lines("\n".join(_read_docx(path))))
    if data.startswith(_OLE):
        raise TranscriptError(
            f"{path.name} is a document of an old Word. Save it as .docx or as text.", path=path
        )
    try:
        text, _ = decode_text(data)
    except ValueError:
        wanted = "a Word document" if path.suffix.lower() == ".docx" else "a text file"
        raise TranscriptError(
            f"{path.name} is not {wanted}, or it is damaged. Export it again.", path=path
        ) from None
    if path.suffix.lower() == ".json" or text.lstrip()[:1] in ("{", "["):
        document = _parse_json(text, path)
        if document is not None:
            return Content(path, "json", document=document)
    return Content(path, "text", _lines(text.replace("\r\n", "\n").replace("\r", "\n")))


def _lines(text: str) -> tuple[str, ...]:
    return tuple(_LONG_GAP.sub(" " * 8, text.lstrip("\ufeff")).split("\n"))


def _parse_json(text: str, path: Path) -> object:
    """Return the JSON, or a list of the JSON of each line; None where a text file is not JSON.

    `[00:01] Ann: hello` starts like a list, so only a `.json` file has to be one.

    Raises:
        NoTranscriptError: settings or other data in a loose kind of JSON.
        TranscriptError: a transcript's JSON that is cut off or damaged.
    """
    try:
        return json.loads(text.lstrip("\ufeff"), parse_constant=_no_constant)
    except (ValueError, RecursionError) as error:
        lines = [line for line in text.splitlines() if line.strip()]
        try:
            if len(lines) > 1:
                return [json.loads(line, parse_constant=_no_constant) for line in lines]
        except (ValueError, RecursionError):
            pass
        if path.suffix.lower() != ".json":
            return None
        if not _KEYS.search(text):
            raise NoTranscriptError(
                f"{path.name} is no transcript that can be read: it is no JSON, and has no key of "
                "a transcript.",
                path=path,
            ) from error
        where = f" (line {error.lineno})" if isinstance(error, json.JSONDecodeError) else ""
        raise TranscriptError(
            f"{path.name} is no transcript that can be read: the JSON is broken{where}. "
            "Export it again.",
            path=path,
        ) from error


def _no_constant(name: str) -> None:
    """Read NaN and Infinity, which are no JSON, as missing."""
    return


def _read_docx(path: Path) -> list[str]:
    """Return the paragraphs of a Word document, tables included, in the order they stand.

    python-docx parses without resolving entities and never fetches; the size is checked before.
    Its `paragraph.text` leaves out inserted (tracked) text, so the runs are walked here.
    """
    try:
        with zipfile.ZipFile(path) as archive:
            names = set(archive.namelist())
            unpacked = sum(info.file_size for info in archive.infolist())
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError) as error:
        raise _damaged(path) from error
    if "word/document.xml" not in names:
        raise TranscriptError(
            f"{path.name} is a zip file but no Word document. Unpack it first.", path=path
        )
    if unpacked > MAX_UNPACKED_BYTES:
        raise TranscriptError(
            f"{path.name} unpacks to more than {MAX_UNPACKED_BYTES // 1_000_000} MB, which no "
            "transcript does. Copy its text into a new document.",
            path=path,
        )
    import docx

    try:
        body = docx.Document(str(path)).element.body
        lines = []
        for paragraph in body.iterchildren():
            lines.extend(_paragraphs(paragraph))
    except Exception as error:
        # A damaged package fails in zipfile, lxml or python-docx, each with errors of its own.
        raise _damaged(path) from error
    return lines


def _paragraphs(block: object) -> list[str]:
    from docx.oxml.ns import qn

    text_of = {qn("w:br"): "\n", qn("w:cr"): "\n", qn("w:tab"): "\t", qn("w:noBreakHyphen"): "-"}
    lines: list[str] = []
    for element in block.iter():  # type: ignore[attr-defined]
        if element.tag == qn("w:p"):
            lines.append("")
        elif not lines:
            continue
        elif element.tag == qn("w:t"):
            lines[-1] += element.text or ""
        elif element.tag in text_of:
            lines[-1] += text_of[element.tag]
    return [line for paragraph in lines for line in paragraph.split("\n")]


def _damaged(path: Path) -> TranscriptError:
    return TranscriptError(
        f"{path.name} is a damaged Word document. Download or export it again.", path=path
    )
