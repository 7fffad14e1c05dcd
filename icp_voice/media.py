"""Open recordings with PyAV, the FFmpeg libraries as a Python package: no program to install.

Shared by `ingest` (how long, how many channels) and `transcribe` (the sound itself), so that both
say the same sentence of a file that can't be used.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from icp_voice.errors import RecordingError

_HEAD_BYTES = 4096
_TEXT_SHARE = 0.95


@contextmanager
def open_audio(path: Path) -> Iterator[tuple[Any, Any]]:
    """Open a recording and yield PyAV's container and its first audio stream.

    Raises:
        RecordingError: missing, empty, not decodable, or without sound.
    """
    import av

    av.logging.set_level(av.logging.PANIC)
    try:
        container = av.open(str(path), mode="r", metadata_errors="ignore")
    except FileNotFoundError as error:
        raise RecordingError(f"{path} is not there.", path=path) from error
    except (av.error.FFmpegError, OSError, ValueError) as error:
        raise undecodable(path) from error
    with container:
        stream = next(iter(container.streams.audio), None)
        if stream is None:
            raise RecordingError(
                f"{path.name} has no sound: it holds video or data only. "
                "Record the call with its audio.",
                path=path,
            )
        yield container, stream


def probe_recording(path: Path) -> tuple[float, int]:
    """Return a recording's duration in seconds and its number of channels.

    The duration comes from the header; 0.0 where that does not tell it (a stream cut off).

    Raises:
        RecordingError: the file can't be decoded.
    """
    import av

    with open_audio(path) as (container, stream):
        if stream.duration and stream.time_base:
            duration_s = float(stream.duration * stream.time_base)
        elif container.duration:
            duration_s = container.duration / av.time_base
        else:
            duration_s = 0.0
        channels = int(stream.codec_context.channels or 0)
    if channels < 1:
        raise RecordingError(f"{path.name} has no audio channel.", path=path)
    return duration_s, channels


def undecodable(path: Path) -> RecordingError:
    """Return the error of a file that FFmpeg can't decode, with what it looks like."""
    try:
        with path.open("rb") as file:
            head = file.read(_HEAD_BYTES)
    except OSError as error:
        message = f"{path.name} can't be read: {error.strerror or error}."
        return RecordingError(message, path=path)
    if not head:
        message = f"{path.name} is empty. Copy or export the recording again."
        return RecordingError(message, path=path)
    looks = " (it looks like text)" if _is_text(head) else ""
    return RecordingError(
        f"{path.name} is not audio or video that can be decoded{looks}; accepted are wav, mp3, "
        "m4a, ogg, opus, flac, mp4, webm and other formats of FFmpeg. "
        "Export the recording again or remove the file.",
        path=path,
    )


def _is_text(head: bytes) -> bool:
    try:
        text = head.decode("utf-8")
    except UnicodeDecodeError as error:
        if error.start < len(head) - 4:
            return False
        text = head[: error.start].decode("utf-8")
    printable = sum(1 for character in text if character.isprintable() or character in "\r\n\t")
    return printable >= _TEXT_SHARE * len(text)
