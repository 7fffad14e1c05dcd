"""Frames of MPEG audio (mp3, mp2) and of AAC in ADTS, told by their headers.

Neither has a header for the whole file: what is inside and whether the end is there can only be
told from frame to frame. Source: ISO/IEC 11172-3 and 13818-3 (MPEG audio), 14496-3 (ADTS).
"""

_KBIT_MPEG1 = {
    1: (32, 64, 96, 128, 160, 192, 224, 256, 288, 320, 352, 384, 416, 448),
    2: (32, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320, 384),
    3: (32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320),
}
_KBIT_MPEG2 = {
    1: (32, 48, 56, 64, 80, 96, 112, 128, 144, 160, 176, 192, 224, 256),
    2: (8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160),
    3: (8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160),
}
_RATE_HZ = (44_100, 48_000, 32_000)
_ID3V1_BYTES = 128
# Frames in a row before bytes are believed to be frames: three by chance are one in a billion.
_SURE_FRAMES = 3


def frame_bytes(data: bytes, at: int) -> int:
    """Return the length in bytes of the frame whose header stands at `at`; 0 where none does."""
    if len(data) < at + 7 or data[at] != 0xFF or data[at + 1] & 0xE0 != 0xE0:
        return 0
    if data[at + 1] & 0xF6 == 0xF0:
        return _adts_bytes(data, at)
    version, layer = data[at + 1] >> 3 & 3, 4 - (data[at + 1] >> 1 & 3)
    bitrate, rate = data[at + 2] >> 4, data[at + 2] >> 2 & 3
    if version == 1 or layer == 4 or bitrate in (0, 15) or rate == 3:
        return 0
    is_mpeg1 = version == 3
    kbit = (_KBIT_MPEG1 if is_mpeg1 else _KBIT_MPEG2)[layer][bitrate - 1]
    rate_hz = _RATE_HZ[rate] // (1 if is_mpeg1 else 2 if version == 2 else 4)
    padding = data[at + 2] >> 1 & 1
    if layer == 1:
        return (12_000 * kbit // rate_hz + padding) * 4
    slots = 72_000 if layer == 3 and not is_mpeg1 else 144_000
    return slots * kbit // rate_hz + padding


def starts_with_frames(head: bytes) -> bool:
    """Tell whether a file's first bytes are frames, one behind the other.

    Args:
        head: 4096 bytes or more hold enough frames to be sure.
    """
    at = 0
    for _ in range(_SURE_FRAMES):
        length = frame_bytes(head, at)
        if not length:
            return False
        at += length
    return True


def has_frame_count(head: bytes) -> bool:
    """Tell whether the first frame holds the count of all (the tags Xing, Info and VBRI)."""
    return any(tag in head for tag in (b"Xing", b"Info", b"VBRI"))


def last_frame_is_cut(tail: bytes) -> bool:
    """Tell whether a file's last bytes are frames of which the last one is not all there.

    Args:
        tail: the end of the file; 16 kB hold frames enough.

    Returns:
        False too where the end is none of frames: tags, padding.
    """
    if tail[-_ID3V1_BYTES:].startswith(b"TAG"):
        return False
    for start in range(len(tail)):
        at, n_frames = start, 0
        while (length := frame_bytes(tail, at)) and at + length <= len(tail):
            at, n_frames = at + length, n_frames + 1
        if n_frames >= _SURE_FRAMES:
            rest = tail[at:]
            # Less than a header is left, or a header whose frame passes the end.
            return bool(rest) and (bool(length) or (len(rest) < 7 and rest[:1] == b"\xff"))
    return False


def _adts_bytes(data: bytes, at: int) -> int:
    if data[at + 2] >> 2 & 15 > 12:
        return 0
    length = (data[at + 3] & 3) << 11 | data[at + 4] << 3 | data[at + 5] >> 5
    return length if length >= 7 else 0
