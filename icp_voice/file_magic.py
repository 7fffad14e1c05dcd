"""What a file holds by its first bytes, whatever its name says.

Recordings come with the wrong suffix or with none; pictures and documents lie beside them.
Signatures: the formats' own documents, as `file(1)` and FFmpeg's probes use them.
"""

from pathlib import Path

from icp_voice.mpeg_audio import starts_with_frames

HEAD_BYTES = 8192

_RECORDINGS = (
    (b"OggS", "Ogg"),
    (b"fLaC", "FLAC"),
    (b"ID3", "MP3"),
    (b"#!AMR", "AMR"),
    (b".snd", "AU"),
    (b"caff", "CAF"),
    (b"\x1aE\xdf\xa3", "Matroska or WebM"),
    (b"\x30\x26\xb2\x75\x8e\x66\xcf\x11", "Windows Media"),
    (b"riff\x2e\x91\xcf\x11", "Wave64"),
    (b"FLV\x01", "Flash video"),
    (b"\x00\x00\x01\xba", "MPEG video"),
    (b"wvpk", "WavPack"),
    (b"MAC ", "Monkey's Audio"),
)
_RIFF_KINDS = {b"WAVE": "WAV", b"AVI ": "AVI", b"AIFF": "AIFF", b"AIFC": "AIFF"}
# Pictures are boxes like MP4; so is nothing else that lies in folders of calls.
_STILL_BRANDS = (b"heic", b"heix", b"heif", b"mif1", b"msf1", b"avif", b"avis", b"crx ")
_OTHERS = (
    (b"\xff\xd8\xff", "a JPEG picture"),
    (b"\x89PNG", "a PNG picture"),
    (b"GIF8", "a GIF picture"),
    (b"%PDF", "a PDF document"),
    (b"PK\x03\x04", "a zip archive or an Office document"),
    (b"\xd0\xcf\x11\xe0", "an old Office document"),
    (b"<!DOCTYPE html", "a web page"),
    (b"<html", "a web page"),
    (b"Rar!", "a RAR archive"),
    (b"7z\xbc\xaf", "a 7z archive"),
    (b"\x1f\x8b", "a gzip archive"),
)
_TEXT_SHARE = 0.95
_TS_PACKET_BYTES = 188


def read_head(path: Path, n_bytes: int = HEAD_BYTES) -> bytes:
    """Return a file's first bytes.

    Raises:
        OSError: it can't be read.
    """
    with path.open("rb") as file:
        return file.read(n_bytes)


def recording_format(head: bytes) -> str | None:
    r"""Return the audio or video format that a file's first bytes show; None where none does.

    Examples:
        >>> recording_format(b"RIFF\x24\0\0\0WAVEfmt ")
        'WAV'
        >>> recording_format(b"Hello, this is Ann.") is None
        True
    """
    if is_text(head):
        return None  # notes may begin with the same letters
    if head[:4] in (b"RIFF", b"RF64", b"BW64", b"FORM", b"RIFX"):
        return _RIFF_KINDS.get(head[8:12])
    if head[4:8] in (b"ftyp", b"moov", b"mdat", b"wide"):
        return None if head[8:12] in _STILL_BRANDS else "MP4 or M4A"
    for start, name in _RECORDINGS:
        if head.startswith(start):
            return name
    if starts_with_frames(head):
        return "MP3 or AAC"
    packets = head[: 5 * _TS_PACKET_BYTES : _TS_PACKET_BYTES]
    return "MPEG transport stream" if packets == b"GGGGG" else None


def other_format(head: bytes) -> str | None:
    """Return what a file that is no recording looks like, in words; None where it can't be told."""
    for start, name in _OTHERS:
        if head.startswith(start):
            return name
    if head[4:8] == b"ftyp" and head[8:12] in _STILL_BRANDS:
        return "a picture"
    return "text" if head and is_text(head) else None


def is_text(head: bytes) -> bool:
    """Tell whether bytes are UTF-8 text; a character cut off at the end does not count."""
    try:
        text = head.decode("utf-8")
    except UnicodeDecodeError as error:
        if error.start < len(head) - 4:
            return False
        text = head[: error.start].decode("utf-8")
    printable = sum(1 for character in text if character.isprintable() or character in "\r\n\t")
    return printable >= _TEXT_SHARE * len(text)
