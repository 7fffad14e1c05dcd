"""Tell files that stand beside transcripts and are not what was said: chats, attendee data."""

import re

from icp_voice.ingest.readers.content import Content
from icp_voice.ingest.readers.gong import is_gong, is_gong_parties

# Zoom: `00:05:01<TAB>Ann:<TAB>text`; earlier `10:01:25 From Ann Lee to Everyone:` and the text
# below. A reaction or a reply (`Reacted to "..."`) is a message like any other.
_CHAT = re.compile(
    r"\d{1,2}:\d{2}:\d{2}\t[^\t\n]{1,80}:\t.*"
    r"|\d{1,2}:\d{2}:\d{2}\s+From\s.{1,120}?(?:\sto\s.{1,60}?)?\s*:.*",
    re.IGNORECASE,
)


def why_no_transcript(content: Content) -> str | None:
    """Return what a file is that is known not to be a transcript, with its article; else None."""
    if content.container == "json":
        if is_gong_parties(content) and not is_gong(content):
            return "a list of who was on Gong's calls"
        return None
    first = next((line for line in content.lines if line.strip()), "")
    if _CHAT.fullmatch(first.strip()):
        return "the chat of a meeting"
    return None
