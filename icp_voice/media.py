"""Open recordings with PyAV, the FFmpeg libraries as a Python package: no program to install.

Shared by `ingest` (how long, how many channels) and `transcribe` (the sound itself), so that both
say the same sentence of a file that can't be used.
"""

from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager, suppress
from datetime import datetime
from pathlib import Path
from typing import Any, BinaryIO, Literal

from icp_voice.errors import RecordingError
from icp_voice.file_magic import other_format, read_head, recording_format
from icp_voice.mpeg_audio import has_frame_count
from icp_voice.records import SourceFile

# Telephone exchanges write the bare samples or frames: the suffix is all that tells the coding.
# The rates are those of ITU-T G.711 and G.722, and of Asterisk's signed linear files.
_HEADERLESS: Mapping[str, tuple[str, int]] = {
    **dict.fromkeys((".ulaw", ".ul", ".mulaw", ".pcmu"), ("mulaw", 8000)),
    **dict.fromkeys((".alaw", ".al", ".pcma"), ("alaw", 8000)),
    ".sln": ("s16le", 8000),
    ".sln16": ("s16le", 16_000),
    ".sln48": ("s16le", 48_000),
    ".g722": ("g722", 0),
    ".gsm": ("gsm", 0),
    ".g729": ("g729", 0),
}
# Their length is reckoned from the first frames and the file's size, which says nothing sure.
_ESTIMATED = frozenset({"mp3", "aac", "amr", "amrnb", "amrwb", "ac3", "eac3", "dts", "loas"})
# A recorder whose clock was never set writes the epoch of its format: 1904, 1970, 1980.
_YEARS = range(2000, 2100)
_MAX_TITLE = 200
_LOOK_BYTES = 1 << 18
_SAMPLES_SUFFIXES = (".wav", ".pcm", ".raw")
_MAX_RAW_SPREAD = 8000.0

Mp4State = Literal["whole", "cut", "no_index"]


@contextmanager
def open_audio(path: Path, *, stream_index: int = 0) -> Iterator[tuple[Any, Any]]:
    """Open a recording and yield PyAV's container and one of its audio streams.

    Args:
        path: the file; FFmpeg is kept from opening anything else, a network address least of all.
        stream_index: which of the audio streams, from 0.

    Raises:
        RecordingError: missing, empty, not decodable, or without sound.
    """
    import av

    av.logging.set_level(av.logging.PANIC)
    with ExitStack() as stack:
        try:
            container = stack.enter_context(_open(path, stack))
        except FileNotFoundError as error:
            raise RecordingError(f"{path} is not there.", path=path) from error
        except (av.error.FFmpegError, OSError, ValueError) as error:
            raise undecodable(path) from error
        streams = list(container.streams.audio)
        if not streams:
            raise _without_sound(path)
        stream = streams[stream_index]
        # A codec that FFmpeg does not know has no context.
        if stream.codec_context is None:
            raise undecodable(path)
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


def told_duration_s(path: Path, container: Any, stream: Any) -> tuple[float, float]:
    """Return how long a stream says it is, and by how much that may be wrong; both in seconds.

    Returns:
        (0.0, 0.0) where the file does not tell, or the number is only an estimate.
    """
    import av

    if container.format.name in _ESTIMATED and not has_frame_count(_first_frames(path)):
        return 0.0, 0.0
    if stream.duration and stream.time_base:
        return float(stream.duration * stream.time_base), 1.5
    if container.duration:
        # That of the longest stream: pictures may go on for a while after the sound.
        told_s = container.duration / av.time_base
        return told_s, max(5.0, 0.02 * told_s) if container.streams.video else 1.5
    return 0.0, 0.0


def recording_tags(source: SourceFile) -> tuple[str | None, datetime | None]:
    """Return the title and the start that a recording's own tags tell; None for each that is none.

    Of a call in several files those of the first that can be opened count.
    """
    tags: dict[str, str] = {}
    for path in [track.path for track in source.tracks] or [source.path]:
        with suppress(RecordingError), open_audio(path) as (container, stream):
            for metadata in (stream.metadata, container.metadata):
                tags |= {key.lower(): value for key, value in metadata.items()}
            break
    title = " ".join(tags.get("title", "").split())
    moments = (_moment(tags.get(key, "")) for key in ("creation_time", "date", "origination_date"))
    started_at = next((moment for moment in moments if moment), None)
    return (title if 0 < len(title) <= _MAX_TITLE else None), started_at


def mp4_state(file: BinaryIO, size_bytes: int) -> Mp4State:
    """Tell whether an MP4's boxes reach to the end of the file, and its index is among them.

    Recorders write the index (`moov`) last, when the call is over: without it the sound is there,
    but nothing tells where. Source: ISO/IEC 14496-12, 4.2.
    """
    at, indexed = 0, False
    while at + 8 <= size_bytes:
        file.seek(at)
        header = file.read(16)
        length, kind = int.from_bytes(header[:4], "big"), header[4:8]
        if length == 1:
            length = int.from_bytes(header[8:16], "big")
        elif length == 0:
            length = size_bytes - at
        if length < 8:
            break
        at += length
        indexed = indexed or (kind == b"moov" and at <= size_bytes)
    if not indexed:
        return "no_index"
    return "cut" if at > size_bytes else "whole"


def undecodable(path: Path) -> RecordingError:
    """Return the error of a file that FFmpeg can't decode, with what it looks like."""
    try:
        head = read_head(path, _LOOK_BYTES)
        size_bytes = path.stat().st_size
        with path.open("rb") as file:
            unindexed = head[4:8] == b"ftyp" and mp4_state(file, size_bytes) == "no_index"
    except OSError as error:
        message = f"{path.name} can't be read: {error.strerror or error}."
        return RecordingError(message, path=path)
    if not head:
        message = f"{path.name} is empty. Copy or export the recording again."
        return RecordingError(message, path=path)
    if unindexed:
        return RecordingError(
            f"{path.name} breaks off before its index, which stands at the end, so nothing of it "
            "can be read. Copy it again from where it was recorded; if it is cut off there too, "
            "a repair program (untrunc) may save it with the help of a whole recording from the "
            "same device.",
            path=path,
        )
    known = recording_format(head)
    if known:
        return RecordingError(
            f"{path.name} begins like {known}, but no sound can be decoded from it: it is damaged "
            "or cut off at its very beginning. Copy or export the recording again.",
            path=path,
        )
    if path.suffix.lower() in _SAMPLES_SUFFIXES and _is_raw_samples(head):
        return RecordingError(
            f"{path.name} looks like bare 16-bit samples: its header is missing, and with it the "
            "sampling rate. Export the recording again, or add the header by hand: ffmpeg -f s16le "
            f"-ar 8000 -ac 1 -i {path.name} new.wav (8000 for telephony, else 16000 or 44100).",
            path=path,
        )
    other = other_format(head)
    looks = f" (it looks like {other})" if other else ""
    return RecordingError(
        f"{path.name} is not audio or video that can be decoded{looks}; accepted are wav, mp3, "
        "m4a, ogg, opus, flac, mp4, webm and other formats of FFmpeg. "
        "Export the recording again or remove the file.",
        path=path,
    )


def _open(path: Path, stack: ExitStack) -> Any:
    import av

    name = str(path)
    file_format, rate_hz = _HEADERLESS.get(path.suffix.lower(), ("", 0))
    if file_format and recording_format(read_head(path)):
        file_format = ""
    options = {"protocol_whitelist": "file"}
    if file_format and rate_hz:
        options["sample_rate"] = str(rate_hz)
    try:
        name.encode("utf-8")
    except UnicodeEncodeError:
        # A name in another encoding, from an old disk: FFmpeg takes UTF-8 names only.
        source: Any = stack.enter_context(path.open("rb"))
    else:
        # With the protocol named, a colon in a file's name is no address.
        source = f"file:{name}"
    return av.open(
        source,
        mode="r",
        format=file_format or None,
        options=options,
        metadata_errors="ignore",
    )


def _without_sound(path: Path) -> RecordingError:
    head = read_head(path)
    with path.open("rb") as file:
        if head[4:8] == b"ftyp" and mp4_state(file, path.stat().st_size) == "no_index":
            return undecodable(path)
    other = other_format(head)
    if other:
        return RecordingError(
            f"{path.name} is no recording (it looks like {other}). Remove it or rename it.",
            path=path,
        )
    return RecordingError(
        f"{path.name} has no sound: it holds video or data only. Record the call with its audio.",
        path=path,
    )


def _first_frames(path: Path) -> bytes:
    """Return the first bytes behind an ID3 tag, which may hold a picture of megabytes."""
    with path.open("rb") as file:
        head = file.read(10)
        length = 0
        if head[:3] == b"ID3":
            for byte in head[6:10]:
                length = length << 7 | byte & 0x7F
            length += 10
        file.seek(length)
        return file.read(4096)


def _is_raw_samples(head: bytes) -> bool:
    """Tell whether bytes are 16-bit samples: around zero, and mostly far below full scale.

    Bytes of a compressed or encrypted file are all alike, 19,000 from zero in the mean square.
    """
    import numpy as np

    samples = np.frombuffer(head[: len(head) // 2 * 2], dtype="<i2").astype(np.float64)
    if samples.size < 1000:
        return False
    spread = float(samples.std())
    return 1.0 <= spread <= _MAX_RAW_SPREAD and abs(float(samples.mean())) < spread / 2


def _moment(text: str) -> datetime | None:
    """Read a tag's date and time; a bare year or a clock that was never set tells nothing."""
    try:
        moment = datetime.fromisoformat(text.strip())
    except ValueError:
        return None
    return moment if moment.year in _YEARS else None
