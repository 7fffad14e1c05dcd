"""The pipeline's step that joins calls to deals, and people's decisions on what it leaves open.

The step runs after transcription, for titles, days and attendees are often told by the file itself.
It costs no transcription: a changed deals file is matched anew in a moment.
"""

import difflib
import logging
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path, PurePosixPath

from icp_voice import match_tables
from icp_voice.errors import MatchError, WorkspaceError
from icp_voice.match_tables import CallDeal, Choice, StoredCall
from icp_voice.records import CallFacts, SourceFile
from icp_voice.steps import CrmFiles, Sources
from icp_voice.store import STORE_NAME, Store
from icp_voice.workspace import Workspace, relative_path

log = logging.getLogger(__name__)

_SHORTEST_PREFIX = 4
_MOST_NAMED = 5


def match_all(store: Store, workspace: Workspace, crm: CrmFiles, sources: Sources) -> None:
    """Match every call found now or read before to its deal, and keep that in the store."""
    from icp_voice.ingest.calls import EntryIndex
    from icp_voice.ingest.matching import match_calls

    stored = {call.call_id: call for call in match_tables.load_stored_calls(store)}
    paths = {call_id: call.path for call_id, call in stored.items()}
    paths |= {s.call_id: relative_path(s.path, workspace.folder) for s in sources.files}
    facts = [
        replace(
            _facts_of_file(source, workspace, stored.pop(source.call_id, None)),
            entry=sources.entries.get(source.call_id),
            sidecar=sources.sidecars.get(source.call_id),
        )
        for source in sources.files
    ]
    # Calls whose files are gone keep counting; their rows of calls.csv are still found by name.
    index = EntryIndex(crm.entries)
    facts += [
        replace(_facts_of_call(call, workspace), entry=index.find(call.path))
        for call in stored.values()
    ]
    matches = match_calls(facts, crm.deals, workspace.config.ingest)
    with store.transaction():
        match_tables.replace_matches(store, matches, paths)
    reasons = Counter(match.reason for match in matches)
    log.info("matching: %s", " ".join(f"{k}={n}" for k, n in sorted(reasons.items())))


def call_deals(folder: Path) -> tuple[CallDeal, ...]:
    """Return every call of a workspace with its deal; those that wait for a decision first.

    Raises:
        WorkspaceError: nothing was analysed there yet, or the store can't be used.
    """
    with _open(folder) as store:
        return match_tables.load_call_deals(store)


def decide_deal(folder: Path, call: str, deal_id: str) -> CallDeal:
    """Remember which deal a call belongs to, from now on and whatever the program finds.

    Args:
        folder: the workspace, where the store lies.
        call: a call's id, the beginning of one, or its file's name or path.
        deal_id: a deal of the workspace; letter case apart.

    Returns:
        The call as it counts now.

    Raises:
        MatchError: the call or the deal is not there, or is not the only one.
        WorkspaceError: nothing was analysed there yet, or the store can't be used.
    """
    with _open(folder) as store:
        found = _find_call(store, call)
        return _keep(store, found.call_id, "deal", _find_deal(store, deal_id))


def decide_no_deal(folder: Path, call: str) -> CallDeal:
    """Remember that a call belongs to no deal; see `decide_deal`."""
    with _open(folder) as store:
        return _keep(store, _find_call(store, call).call_id, "no_deal", None)


def undo_decision(folder: Path, call: str) -> CallDeal:
    """Let the program's own match count again; see `decide_deal`.

    Raises:
        MatchError: besides, where nothing was decided.
    """
    with _open(folder) as store:
        found = _find_call(store, call)
        if found.reason != "decision":
            raise MatchError(f"{found.path} has no decision to undo: {found.detail}.")
        return _keep(store, found.call_id, "undo", None)


def _keep(store: Store, call_id: str, choice: Choice, deal_id: str | None) -> CallDeal:
    now = datetime.now(UTC).replace(tzinfo=None, microsecond=0)
    with store.transaction():
        match_tables.save_decision(store, call_id, choice, deal_id, decided_at=now)
    return next(c for c in match_tables.load_call_deals(store) if c.call_id == call_id)


def _open(folder: Path) -> Store:
    path = folder / STORE_NAME
    if not path.is_file():
        raise WorkspaceError(
            f"{folder} holds no results yet ({STORE_NAME} is not there). Run icp-voice analyze "
            "first, or name the folder that --results named.",
            path=path,
        )
    return Store(path)


def _find_call(store: Store, asked: str) -> CallDeal:
    """Return the one call that an id, the beginning of one, a file's name or its path means."""
    calls = match_tables.load_call_deals(store)
    name = asked.replace("\\", "/").casefold().removeprefix("./")
    tests: tuple[Callable[[CallDeal], bool], ...] = (
        lambda call: call.call_id == name,
        lambda call: call.path.casefold() == name,
        lambda call: f"/{call.path}".casefold().endswith(f"/{name}"),
        lambda call: len(name) >= _SHORTEST_PREFIX and call.call_id.startswith(name),
        lambda call: PurePosixPath(call.path).stem.casefold() == name,
    )
    for test in tests:
        found = [call for call in calls if test(call)]
        if len(found) == 1:
            return found[0]
        if found:
            named = ", ".join(f"{call.path} ({call.call_id})" for call in found[:_MOST_NAMED])
            raise MatchError(f"{asked!r} is {len(found)} calls: {named}. Name one by its id.")
    names = [call.path for call in calls] + [PurePosixPath(call.path).name for call in calls]
    raise MatchError(f"There is no call {asked!r}.{_nearest(asked, names)}")


def _find_deal(store: Store, asked: str) -> str:
    names = match_tables.load_deal_names(store)
    if asked in names:
        return asked
    found = [deal_id for deal_id in names if deal_id.casefold() == asked.strip().casefold()]
    if len(found) == 1:
        return found[0]
    raise MatchError(
        f"There is no deal {asked!r} among the {len(names)} deals of the last analysis."
        f"{_nearest(asked, names)}"
    )


def _nearest(asked: str, names: Iterable[str]) -> str:
    near = difflib.get_close_matches(asked, list(names), n=1)
    return f" Did you mean {near[0]!r}?" if near else " icp-voice matches FOLDER --all lists them."


def _facts_of_file(source: SourceFile, workspace: Workspace, known: StoredCall | None) -> CallFacts:
    return CallFacts(
        call_id=source.call_id,
        names=tuple(dict.fromkeys(_below_folder(path, workspace) for path in source.paths)),
        participants=known.participants if known else (),
        title=known.title if known else None,
        started_at=known.started_at if known else None,
    )


def _facts_of_call(call: StoredCall, workspace: Workspace) -> CallFacts:
    return CallFacts(
        call_id=call.call_id,
        names=(_below_folder(workspace.folder / call.path, workspace),),
        participants=call.participants,
        title=call.title,
        started_at=call.started_at,
    )


def _below_folder(path: Path, workspace: Workspace) -> str:
    """Return a path below the folder of calls it lies in; elsewhere its name alone."""
    for folder in workspace.source_folders:
        relative = Path(relative_path(path, folder))
        if not relative.is_absolute():
            return relative.as_posix()
    return path.name
