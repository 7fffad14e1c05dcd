"""A call that lies there in several files: which is read, and what happens where it can't be."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from icp_voice.ingest.recordings import source_kind
from icp_voice.records import FailedInput, SourceFile, Transcript

Result = tuple[SourceFile, Transcript | FailedInput]


def first_readable(
    calls: Sequence[SourceFile],
    read: Callable[[Sequence[SourceFile]], Iterable[Result]],
    note: Callable[[str], None],
    digests: Mapping[Path, str],
) -> Iterator[Result]:
    """Yield every call's transcript by the first of its files that can be read, else the failure.

    Args:
        calls: what is to be read.
        read: reads some calls, each by its `path`.
        note: is told where another file than the first had to do.
        digests: resolved path -> sha256; a copy of what could not be read is not tried.
    """
    first = {call.call_id: call for call in calls}
    waiting = [
        replace(
            call, others=tuple(p for p in call.others if digests.get(p.resolve()) != call.sha256)
        )
        for call in calls
    ]
    failed: dict[str, list[FailedInput]] = {}
    while waiting:
        again = []
        for call, result in read(waiting):
            before = failed.setdefault(call.call_id, [])
            if not isinstance(result, FailedInput):
                if before:
                    why = before[0].reason
                    note(f"{call.path.name} is read in place of another file of its call: {why}")
                yield call, result
                continue
            before.append(result)
            other = next_choice(call)
            if other is not None:
                again.append(other)
                continue
            reasons = dict.fromkeys(failure.reason for failure in before)
            yield first[call.call_id], replace(before[0], reason=" ".join(reasons))
        waiting = again


def next_choice(call: SourceFile) -> SourceFile | None:
    """Return the same call by the next best of its files, for when the first can't be read."""
    texts = tuple(path for path in call.others if source_kind(path) == "transcript")
    sounds = tuple(path for path in call.others if path not in texts)
    if call.kind == "transcript" and texts:
        return replace(call, path=texts[0], others=(*texts[1:], *sounds))
    if call.kind == "transcript" and call.tracks:
        return replace(call, kind="recording", path=call.tracks[0].path, others=sounds)
    if sounds:
        others = (*sounds[1:], *texts)
        return replace(call, kind="recording", path=sounds[0], tracks=(), others=others)
    if texts:
        return replace(call, kind="transcript", path=texts[0], tracks=(), others=texts[1:])
    return None


def name_copies(
    failure: FailedInput, call: SourceFile, digests: Mapping[Path, str]
) -> list[FailedInput]:
    """Return a call's failure once for each path at which the same bytes lie."""
    named = [failure]
    for path in call.others:
        if digests.get(path.resolve()) == call.sha256:
            reason = f"the same bytes as {call.path.name}: {failure.reason}"
            named.append(FailedInput(str(path), failure.stage, reason))
    return named
