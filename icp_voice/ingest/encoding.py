"""Decode text files of any Windows program: UTF-8, UTF-16, cp1251 (Cyrillic), cp1250 (Polish)."""

import re

_FOREIGN_WORD = re.compile(rb"[A-Za-z]*[\x80-\xff][A-Za-z\x80-\xff]*")


def decode_text(data: bytes) -> tuple[str, str]:
    """Return the text of a file's bytes and the encoding it was read as.

    A UTF-8 file that is damaged in places stays UTF-8: one bad byte does not turn every letter
    of an hour's talk into another.

    Raises:
        ValueError: not a text file.

    Examples:
        >>> decode_text("Спикер".encode("cp1251"))
        ('Спикер', 'cp1251')
        >>> decode_text("Dzień dobry, żółw".encode("cp1250"))
        ('Dzień dobry, żółw', 'cp1250')
    """
    if data[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return data.decode("utf-16", errors="replace"), "utf-16"
    if b"\x00" in data:
        raise ValueError("not a text file")
    try:
        return data.decode("utf-8-sig"), "utf-8"
    except UnicodeDecodeError:
        pass
    lenient = data.decode("utf-8-sig", errors="replace")
    n_bad = lenient.count("\ufffd")
    n_good = sum(1 for character in lenient if "\x7f" < character != "\ufffd")
    if n_good > 4 * n_bad:
        return lenient, "utf-8"
    encoding = _guess_code_page(data)
    return data.decode(encoding, errors="replace"), encoding


def _guess_code_page(data: bytes) -> str:
    """Tell cp1251 from cp1250: Cyrillic words are foreign all through, Polish ones in places."""
    words = _FOREIGN_WORD.findall(data)
    n_ascii = sum(1 for word in words for byte in word if byte < 0x80)
    return "cp1251" if n_ascii * 2 <= sum(map(len, words)) else "cp1250"
