"""When a file that is being copied or recorded stands still.

A fixed check of a few seconds after a file appears lost files that were still being copied
(TranscriptionSuite #311): here every change begins the wait anew, without limit.
"""

from collections.abc import Mapping
from pathlib import Path

from icp_voice.stamps import Stamp


class Settling:
    """Remembers how each file looked and since when; times are seconds of any one clock.

    Examples:
        >>> from pathlib import Path
        >>> settling, call = Settling(5.0), Path("call.mp3")
        >>> small, whole = Stamp(10, 1, 0, False), Stamp(20, 2, 0, False)
        >>> settling.observe({call: small}, now_s=0.0)
        >>> settling.observe({call: whole}, now_s=4.0)
        >>> settling.settled(now_s=6.0), settling.next_s(now_s=6.0)
        ({}, 3.0)
        >>> settling.settled(now_s=9.0) == {call: whole}
        True
    """

    def __init__(self, settle_s: float) -> None:
        """Ask for `settle_s` seconds without a change."""
        self._settle_s = settle_s
        self._seen: dict[Path, tuple[Stamp | None, float]] = {}

    def observe(self, stamps: Mapping[Path, Stamp | None], now_s: float) -> None:
        """Take in a look at all files; None stands for one that is awaited and not there."""
        seen = {}
        for path, stamp in stamps.items():
            before = self._seen.get(path)
            seen[path] = before if before and before[0] == stamp else (stamp, now_s)
        self._seen = seen

    def settled(self, now_s: float) -> dict[Path, Stamp | None]:
        """Return the files that have stood still long enough, with how they look."""
        last_s = now_s - self._settle_s
        return {path: stamp for path, (stamp, since_s) in self._seen.items() if since_s <= last_s}

    def next_s(self, now_s: float) -> float | None:
        """Return in how many seconds the next file may have settled; None: all have."""
        last_s = now_s - self._settle_s
        waits = [since_s - last_s for _, since_s in self._seen.values() if since_s > last_s]
        return min(waits, default=None)
