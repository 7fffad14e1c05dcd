"""The Hugging Face hub: which files a model has, and fetching one so that a stop loses nothing.

The files are fetched here and not by `snapshot_download`: since huggingface_hub 1.18 (its #4306)
a broken download is thrown away, and 3 GB over a poor line would begin anew each time. The hub's
own `http_get` still goes on where a file ends, so it does the fetching, and what has arrived is
kept under a name that no search for a model finds.
"""

import logging
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

from icp_voice.models import sentences, whisper
from icp_voice.models.manifest import FileSum, Task
from icp_voice.models.record import differs, sum_file

if TYPE_CHECKING:
    from huggingface_hub import ModelInfo

log = logging.getLogger(__name__)

REACH_TIMEOUT_S = 5.0
_PIECE_BYTES = 1 << 18
_TRUE = ("1", "TRUE", "YES", "ON")

# Is told of every piece that arrived, in bytes; negative where some had to be thrown away.
OnBytes = Callable[[int], None]


class HubError(Exception):
    """The hub did not give what was asked; the text is a clause for a sentence."""


@dataclass(frozen=True)
class HubListing:
    """The files of a model at one commit; `files` has no sums where nobody noted any."""

    repository: str
    commit: str
    task: Task
    license: str
    files: tuple[FileSum, ...]

    @property
    def size_bytes(self) -> int:
        """All files together."""
        return sum(file.size_bytes for file in self.files)


def hub_is_forbidden() -> bool:
    """Tell whether the hub's own switch, HF_HUB_OFFLINE, forbids to ask it."""
    return os.environ.get("HF_HUB_OFFLINE", "").upper() in _TRUE


def list_hub_files(repository: str, revision: str) -> HubListing:
    """Ask the hub for the commit that a revision is now, and for sizes and sums of the files.

    Raises:
        HubError: it can't be reached, or has no such model in a format that is known here.
    """
    info = _ask_hub(repository, revision)
    if not info.sha:
        raise HubError("the hub names no commit")
    files = {
        entry.rfilename: FileSum(
            entry.rfilename,
            entry.size or 0,
            sha256=entry.lfs.sha256 if entry.lfs else "",
            git_sha1="" if entry.lfs else entry.blob_id or "",
        )
        for entry in info.siblings or ()
    }
    task, wanted = _wanted_files(files)
    needed = whisper.NEEDED_FILES if task == "speech" else sentences.NEEDED_FILES
    if lacking := [name for name in needed if name not in files]:
        raise HubError(f"the hub's copy lacks {', '.join(lacking)}")
    license_name = str(info.card_data.get("license") or "") if info.card_data else ""
    return HubListing(
        repository=repository,
        commit=info.sha,
        task=task,
        license=license_name,
        files=tuple(files[name] for name in wanted),
    )


def _ask_hub(repository: str, revision: str) -> "ModelInfo":
    from huggingface_hub import HfApi
    from huggingface_hub.errors import (
        GatedRepoError,
        HfHubHTTPError,
        RepositoryNotFoundError,
        RevisionNotFoundError,
    )

    try:
        return HfApi().model_info(
            repository, revision=revision, timeout=REACH_TIMEOUT_S, files_metadata=True
        )
    except GatedRepoError as error:  # a kind of RepositoryNotFoundError
        raise HubError(
            "its owner asks for a login (accept the terms on its page, then: hf auth login)"
        ) from error
    except RepositoryNotFoundError as error:
        raise HubError("the hub has no such model") from error
    except RevisionNotFoundError as error:
        raise HubError(f"the hub has no revision {revision} of it") from error
    except HfHubHTTPError as error:
        raise HubError(f"the hub refused ({_reason(error)})") from error
    except Exception as error:  # the hub's client raises its HTTP library's errors unwrapped
        raise HubError(f"the hub can't be reached ({_reason(error)})") from error


def _wanted_files(files: dict[str, FileSum]) -> tuple[Task, list[str]]:
    kinds: tuple[tuple[Task, str, tuple[str, ...]], ...] = (
        ("speech", "model.bin", whisper.HUB_FILES),
        ("sentences", "modules.json", sentences.HUB_FILES),
    )
    for task, telling, names in kinds:
        if telling in files:
            return task, [name for name in names if name in files]
    raise HubError(
        "it is neither a CTranslate2 Whisper model (model.bin) nor a sentence-transformers model "
        "(modules.json); a PyTorch Whisper must be converted first with ct2-transformers-converter"
    )


def fetch_hub_file(listing: HubListing, file: FileSum, target: Path, on_bytes: OnBytes) -> FileSum:
    """Fetch one file of a listing, going on where an earlier try stopped.

    Returns:
        The file's sums, which are what the listing says.

    Raises:
        HubError: it broke off again, or is not what the hub says it is.
    """
    from huggingface_hub import hf_hub_url, utils

    hub: Any = utils  # it exports these without saying so to the type checker
    url = hf_hub_url(listing.repository, file.path, revision=listing.commit)
    return fetch_file(url, file, target, on_bytes, headers=hub.build_hf_headers())


def fetch_file(
    url: str,
    file: FileSum,
    target: Path,
    on_bytes: OnBytes,
    *,
    headers: dict[str, str] | None = None,
) -> FileSum:
    """Fetch a file whose size and sum are known; a stop at any moment loses nothing.

    What has arrived lies in `target` and is added to. Only a file of the right size and sum is
    left there at the end.

    Raises:
        HubError: the server can't be reached, broke off, or sent something else.
        OSError: the disk is full or can't be written.
    """
    target.parent.mkdir(parents=True, exist_ok=True)
    have = target.stat().st_size if target.is_file() else 0
    if have > file.size_bytes:
        target.unlink()
        have = 0
    on_bytes(have)
    if have < file.size_bytes or file.size_bytes == 0:
        _append(url, target, have, file.size_bytes, on_bytes, headers or {})
    found = sum_file(target, file.path)
    if problem := differs(found, file):
        target.unlink()
        on_bytes(-file.size_bytes)
        raise HubError(f"what was sent is not what the hub lists: {problem}; run it again")
    return found


def _append(
    url: str, target: Path, have: int, size: int, on_bytes: OnBytes, headers: dict[str, str]
) -> None:
    from huggingface_hub.file_download import http_get

    # A compressed answer has no ranges to go on in.
    headers = {**headers, "Accept-Encoding": "identity"}
    with target.open("ab") as opened, _our_way():
        counted = _Counted(opened, on_bytes)
        # http_get types its file as BinaryIO and uses write, seek, tell and truncate of it.
        sink: Any = counted
        try:
            http_get(url, sink, resume_size=have, headers=headers, expected_size=size)
        except OSError as error:
            if counted.broken is not None:
                raise counted.broken from error
            raise HubError(f"the download broke off ({_reason(error)})") from error
        except Exception as error:  # the HTTP library's own errors
            raise HubError(f"the download broke off ({_reason(error)})") from error


class _Counted:
    """A file that tells how much was written, and remembers that the disk refused."""

    def __init__(self, file: IO[bytes], on_bytes: OnBytes) -> None:
        self._file = file
        self._on_bytes = on_bytes
        self.broken: OSError | None = None

    def write(self, piece: bytes) -> int:
        try:
            written = self._file.write(piece)
        except OSError as error:
            self.broken = error
            raise
        self._on_bytes(written)
        return written

    def truncate(self) -> int:
        """The server began anew; so does the file."""
        self._file.flush()
        before = os.fstat(self._file.fileno()).st_size
        size = self._file.truncate()
        self._on_bytes(size - before)
        return size

    def __getattr__(self, name: str) -> Any:
        return getattr(self._file, name)


@contextmanager
def _our_way() -> Iterator[None]:
    """Let the hub's library write what arrived at once, and draw nothing over our own bars.

    It holds back pieces of 10 MB, which a line that breaks more often would never fill.
    """
    from huggingface_hub import constants, utils

    hub: Any = utils  # it exports these without saying so to the type checker
    library = logging.getLogger("huggingface_hub")
    before = hub.are_progress_bars_disabled(), library.level, constants.DOWNLOAD_CHUNK_SIZE
    hub.disable_progress_bars()
    library.setLevel(logging.ERROR)
    constants.DOWNLOAD_CHUNK_SIZE = _PIECE_BYTES
    try:
        yield
    finally:
        was_disabled, level, constants.DOWNLOAD_CHUNK_SIZE = before
        library.setLevel(level)
        if not was_disabled:
            hub.enable_progress_bars()


def _reason(error: Exception) -> str:
    """Return the first line of a library's error, which often has a page of advice below it."""
    first = str(error).strip().splitlines()
    return first[0].rstrip(".") if first else type(error).__name__
