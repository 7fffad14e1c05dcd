"""Text as it stands in a cell: cut to length, times and places readable, formulas defused."""

import re
import unicodedata
from datetime import date

CUT_MARK = "…"

# OWASP ASVS 1.2.10; the full-width forms are read as the plain ones by spreadsheets set to
# Japanese or Chinese. White space before the sign does not protect everywhere.
_STARTS_FORMULA = tuple("=+-@\t\r＝＋－＠")
_NUMBER = re.compile(r"[+-]?\d[\d \u00a0.,]*%?")
_PHONE = re.compile(r"\+\d[\d ()-]{5,20}")


def cut(text: str, max_chars: int) -> str:
    """Return at most `max_chars` characters, cut after a word and marked with an ellipsis.

    >>> cut("Everything is in Excel", 15)
    'Everything is…'
    >>> cut("Everything", 10)
    'Everything'
    """
    if len(text) <= max_chars:
        return text
    room = max(0, max_chars - len(CUT_MARK))
    kept = text[:room]
    if room and not text[room].isspace():
        at_word = re.match(r"(?s)(.*)\s", kept)
        kept = at_word[1] if at_word else kept
    return (kept.rstrip(" \n\t,;:-") + CUT_MARK)[:max_chars]


def clean(text: str) -> str:
    r"""Return the text without control characters other than the line break.

    >>> clean("a\x00b\r\nc")
    'ab\nc'
    """
    unbroken = text.replace("\r\n", "\n").replace("\r", "\n").replace("\t", " ")
    return "".join(c for c in unbroken if c == "\n" or unicodedata.category(c) != "Cc")


def defuse(text: str) -> str:
    r"""Return the text so that no spreadsheet runs it: a leading apostrophe where it would.

    Plain numbers and phone numbers stay as they are. For files that people open; never for files
    that a CRM imports, where the apostrophe would become part of the value.

    >>> defuse('=HYPERLINK("http://x")')
    '\'=HYPERLINK("http://x")'
    >>> defuse("+48 600 100 200")
    '+48 600 100 200'
    """
    starts = text.startswith(_STARTS_FORMULA) or text.lstrip().startswith(_STARTS_FORMULA)
    if not starts or _NUMBER.fullmatch(text) or _PHONE.fullmatch(text):
        return text
    return f"'{text}"


def clock(seconds: float) -> str:
    """Return a time in the recording as players show it.

    >>> clock(754.6), clock(3725)
    ('12:34', '1:02:05')
    """
    minutes, second = divmod(int(seconds), 60)
    hours, minute = divmod(minutes, 60)
    return f"{hours}:{minute:02d}:{second:02d}" if hours else f"{minute}:{second:02d}"


def iso(day: date | None) -> str:
    """Return a day as YYYY-MM-DD, and an unknown one as nothing."""
    return day.isoformat() if day else ""
