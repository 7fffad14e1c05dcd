"""Tell files that stand beside transcripts and are not what was said: chats, who was there."""

import re

from icp_voice.errors import NoTranscriptError
from icp_voice.ingest.readers.content import Content
from icp_voice.ingest.readers.gong import is_gong, is_gong_parties

# Zoom: `00:05:01<TAB>Ann:<TAB>text`; earlier `10:01:25 From Ann Lee to Everyone:` and the text
# below. A reaction or a reply (`Reacted to "..."`) is a message like any other. Google Meet:
# `00:07:50.344,00:07:53.344` above `Ann: text`.
_CHAT = re.compile(
    r"\d{1,2}:\d{2}:\d{2}\t[^\t\n]{1,80}:\t.*"
    r"|\d{1,2}:\d{2}:\d{2}\.\d{3},\d{1,2}:\d{2}:\d{2}\.\d{3}"
    r"|\d{1,2}:\d{2}:\d{2}\s+From\s.{1,120}?(?:\sto\s.{1,60}?)?\s*:.*",
    re.IGNORECASE,
)


def refuse_other_files(content: Content) -> None:
    """Refuse what is known to be something else.

    Raises:
        NoTranscriptError: says what the file is.
    """
    name = content.path.name
    if content.container == "json":
        if is_gong_parties(content) and not is_gong(content):
            raise NoTranscriptError(
                f"{name} says who was on Gong's calls, not what was said. Leave it beside the "
                "transcripts: it is read with them.",
                path=content.path,
                belongs=True,
            )
        return
    first = next((line for line in content.lines if line.strip()), "")
    if _CHAT.fullmatch(first.strip()):
        raise NoTranscriptError(
            f"{name} is the chat of a meeting, not what was said.", path=content.path
        )
