"""The errors a user can meet. Each is one sentence: what, where, what is accepted, what to do.

IcpVoiceError
├── ConfigError        icp-voice.toml or a flag
├── RecordingError     an audio or video file
├── TranscriptError    a transcript file
│   └── NoTranscriptError  a file that is something else: notes, a chat, other data
├── DealsFileError     deals.csv, calls.csv or a call's sidecar; carries the rejected rows
├── MatchError         a call or deal named in a decision that is not there, or not the only one
├── TaxonomyError      pipelines/taxonomy/*.yaml or a user's tracker file
├── ModelError         a speech or sentence model that is missing, damaged or can't be fetched
├── EvidenceError      counts or tables that no statistic is defined for
├── ExportError        a file that could not be written
└── WorkspaceError     the folder or its store
    └── StoreInUseError  another icp-voice has the store open; later it will be free

"Too few deals to say" is a result, not an error. `exit_code` is what the command line returns:
2 for wrong use or input; 1 is kept for "some inputs failed, the rest is done".
"""

from collections.abc import Sequence
from pathlib import Path


class IcpVoiceError(Exception):
    """Base of all errors that are shown to the user as one sentence."""

    exit_code = 2


class ConfigError(IcpVoiceError):
    """A setting that is unknown or out of range."""


class FileError(IcpVoiceError):
    """An input file that can't be used; `path` is the file."""

    def __init__(self, message: str, *, path: Path | None = None) -> None:
        """Keep the sentence and the file it is about."""
        super().__init__(message)
        self.path = path


class RecordingError(FileError):
    """A recording that can't be decoded."""


class TranscriptError(FileError):
    """A transcript that no reader understands."""


class NoTranscriptError(TranscriptError):
    """A file that is no transcript at all; `belongs` where it is read beside one."""

    def __init__(self, message: str, *, path: Path | None = None, belongs: bool = False) -> None:
        """Keep the sentence, the file, and whether a transcript needs it."""
        super().__init__(message, path=path)
        self.belongs = belongs


class DealsFileError(FileError):
    """A deals or calls file or a sidecar that can't be used; `rows` are wrong, header = 1."""

    def __init__(self, message: str, *, path: Path | None = None, rows: Sequence[int] = ()) -> None:
        """Keep the sentence, the file and the row numbers."""
        super().__init__(message, path=path)
        self.rows = tuple(rows)


class MatchError(IcpVoiceError):
    """A call or deal that a decision names and that is not there, or not the only one."""


class TaxonomyError(FileError):
    """A taxonomy file that does not follow the schema."""


class ModelError(IcpVoiceError):
    """A model that is missing, damaged or can't be fetched."""


class EvidenceError(IcpVoiceError):
    """Counts or tables that no statistic is defined for."""


class ExportError(FileError):
    """A file that could not be written."""


class WorkspaceError(FileError):
    """A workspace folder or store that can't be used."""


class StoreInUseError(WorkspaceError):
    """Another process has the store open; whoever can wait tries again."""
