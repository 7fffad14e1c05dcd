"""Whether a recording's file ends before it should, told by the file's own bytes.

FFmpeg reads on to the end of what is there and says nothing of what is missing in WAV, Ogg, MP3
and fragmented MP4; here the sizes that the format itself tells are compared with the file's.
"""

from pathlib import Path
from typing import BinaryIO

from icp_voice.media import mp4_state
from icp_voice.mpeg_audio import last_frame_is_cut, starts_with_frames

# A header may say a little more than is there.
_MISSING_BYTES = 4096
_OGG_PAGE_BYTES = 65_536
_MPEG_TAIL_BYTES = 16_384


def missing_share(path: Path) -> float | None:
    """Return the share in [0, 1) of a file's bytes that is missing at its end.

    Returns:
        0 where bytes are missing and it can't be told how many; None where none are known to be.
    """
    size = path.stat().st_size
    with path.open("rb") as file:
        head = file.read(_MPEG_TAIL_BYTES)
        if head[8:12] == b"WAVE" and head[:4] in (b"RIFF", b"RF64", b"BW64"):
            told = _told_wav_bytes(head)
            return 1.0 - size / told if size < told - _MISSING_BYTES else None
        if head[:4] == b"OggS":
            cut = _last_page_is_cut(_tail(file, size, _OGG_PAGE_BYTES))
        elif head[4:8] == b"ftyp":
            cut = mp4_state(file, size) == "cut"
        elif head[:3] == b"ID3" or starts_with_frames(head):
            cut = last_frame_is_cut(_tail(file, size, _MPEG_TAIL_BYTES))
        else:
            cut = False
    return 0.0 if cut else None


def _told_wav_bytes(head: bytes) -> int:
    """Return how long a WAV file says it is; 0 where it does not.

    Recorders that write as they go leave the size 0 or the largest there is: that tells nothing.
    Files over 4 GB (RF64, EBU Tech 3306) keep it in a chunk of its own.
    """
    if head[:4] != b"RIFF":
        return int.from_bytes(head[20:28], "little") + 8 if head[12:16] == b"ds64" else 0
    told = int.from_bytes(head[4:8], "little") + 8
    return told if 8 < told < 0xFFFFFFF0 else 0


def _last_page_is_cut(tail: bytes) -> bool:
    """Tell whether the last Ogg page lacks some of the bytes its table of lengths names."""
    at = tail.rfind(b"OggS")
    if at < 0:
        return False
    page = tail[at:]
    n_lengths = page[26] if len(page) > 26 else 255
    lengths = page[27 : 27 + n_lengths]
    return len(lengths) < n_lengths or len(page) < 27 + n_lengths + sum(lengths)


def _tail(file: BinaryIO, size: int, n_bytes: int) -> bytes:
    file.seek(max(0, size - n_bytes))
    return file.read()
