"""Read what stands beside a recording about it: `call.mp3.meta.json`, `call.meta.json` or `.toml`.

    {"deal_id": "D-17", "started_at": "2025-03-04T10:15", "title": "Acme intro",
     "attendees": [{"name": "Bo Chan", "title": "CTO", "side": "buyer", "email": "bo@acme.com"}]}

All keys are optional. `date` may stand in the place of `started_at`; an attendee may be text as in
calls.csv, `Bo Chan | CTO | buyer`. Keys of the recorder's own are left alone. The `.meta.` in the
name tells it from a transcript, which may be JSON too.
"""

import difflib
import json
import tomllib
from collections.abc import Iterable, Mapping
from datetime import date, datetime
from pathlib import Path
from typing import Any

from icp_voice.config import IngestConfig
from icp_voice.errors import DealsFileError
from icp_voice.ingest.calls import SIDES, read_attendees, read_moment
from icp_voice.records import CallEntry, FailedInput, Participant, SourceFile

SUFFIXES = (".meta.json", ".meta.toml")
KEYS = ("deal_id", "date", "started_at", "title", "attendees")
_PERSON_KEYS = ("name", "title", "side", "email")
_MAX_BYTES = 1_000_000


def is_sidecar(path: Path) -> bool:
    """Tell by its name whether a file is a sidecar.

    >>> is_sidecar(Path("call.mp3.meta.json")), is_sidecar(Path("call.json"))
    (True, False)
    """
    return path.name.lower().endswith(SUFFIXES)


def find_sidecar(path: Path) -> Path | None:
    """Return the sidecar of a recording or transcript; the one with its full name goes first."""
    names = [f"{stem}{suffix}" for stem in (path.name, path.stem) for suffix in SUFFIXES]
    return next((file for name in names if (file := path.with_name(name)).is_file()), None)


def read_sidecars(
    sources: Iterable[SourceFile], config: IngestConfig
) -> tuple[dict[str, CallEntry], tuple[FailedInput, ...]]:
    """Return call_id -> its sidecar; one that can't be read is named, and its call goes on."""
    found: dict[str, CallEntry] = {}
    broken = []
    for source in sources:
        path = next((p for file in source.paths if (p := find_sidecar(file))), None)
        if path is None:
            continue
        try:
            found[source.call_id] = read_sidecar(path, config)
        except DealsFileError as error:
            broken.append(FailedInput(path.name, "ingest", str(error)))
    return found, tuple(broken)


def read_sidecar(path: Path, config: IngestConfig) -> CallEntry:
    """Read a sidecar.

    Raises:
        DealsFileError: not JSON or TOML, no known key, or a value that can't be read.
    """
    try:
        return _read_entry(path, _load(path), config)
    except ValueError as error:
        raise DealsFileError(
            f"{path.name} can't be used: {error}. Known keys: {', '.join(KEYS)}.", path=path
        ) from error


def _load(path: Path) -> Mapping[str, Any]:
    try:
        if path.stat().st_size > _MAX_BYTES:
            raise ValueError(f"it is larger than {_MAX_BYTES // 1_000_000} MB")
        text = path.read_text(encoding="utf-8-sig")
    except OSError as error:
        raise ValueError(error.strerror or str(error)) from error
    except UnicodeDecodeError as error:
        raise ValueError("it is not UTF-8 text") from error
    try:
        document = tomllib.loads(text) if path.suffix.lower() == ".toml" else json.loads(text)
    except ValueError as error:
        raise ValueError(f"it is not {path.suffix[1:].upper()} ({error})") from error
    if not isinstance(document, dict):
        raise ValueError("an object with keys is expected")
    return document


def _read_entry(path: Path, document: Mapping[str, Any], config: IngestConfig) -> CallEntry:
    for key in document:
        near = difflib.get_close_matches(key.lower(), KEYS, n=1, cutoff=0.8)
        if near and key not in KEYS:
            raise ValueError(f"key {key!r} is not known; did you mean {near[0]!r}?")
    if not set(KEYS) & set(document):
        raise ValueError("it has none of the known keys")
    moment = _text(document, "started_at") or _text(document, "date")
    called_on, started = read_moment(moment, None, config.date_order)
    attendees = document.get("attendees") or []
    if not isinstance(attendees, list):
        raise ValueError("attendees must be a list")
    return CallEntry(
        *(path.name, _text(document, "deal_id"), called_on),
        participants=tuple(p for entry in attendees for p in _read_people(entry)),
        started=started,
        title=_text(document, "title"),
    )


def _text(values: Mapping[str, Any], key: str) -> str | None:
    """Return a value as text; a TOML date and a number are fine."""
    value = values.get(key)
    if value is None or value == "":
        return None
    if isinstance(value, date | datetime):
        return value.isoformat()
    if isinstance(value, bool) or not isinstance(value, str | int):
        raise ValueError(f"{key} must be text, not {value!r}")
    return str(value).strip() or None


def _read_people(entry: object) -> tuple[Participant, ...]:
    if isinstance(entry, str):
        return read_attendees(entry)
    if not isinstance(entry, dict):
        raise ValueError(f"attendee {entry!r} is not an object with a name")
    name, title, side, email = (_text(entry, key) for key in _PERSON_KEYS)
    if name is None and email is None:
        raise ValueError("an attendee has neither name nor email")
    if (side or "").lower() not in SIDES:
        raise ValueError(f"attendee {name!r}: side {side!r} is not buyer or seller")
    return (Participant(name or str(email), SIDES[(side or "").lower()], title, email),)
