"""Wakes a watcher when the system reports a change below its folders, else when time is up.

`watchfiles` (the Rust crate notify) is used where the system reports changes. Its reports are taken
as a reason to look, never as the truth: network shares report nothing that others write, a share
that is unmounted ends the reports in silence (notify #627), queues overflow. Looking is the truth.
"""

import logging
import time
from collections.abc import Generator, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

log = logging.getLogger(__name__)

_TICK_MS = 250
# A file that grows reports all the time; one look a second is enough.
_GATHER_S = 1.0


class Alarm:
    """Waits for changes below some folders."""

    def __init__(self, *, poll: bool, settle_s: float) -> None:
        """With `poll` nothing is asked of the system, and waiting is sleeping."""
        self._poll = poll
        self._tick_ms = max(20, min(_TICK_MS, round(settle_s * 250)))
        self._gather_s = min(_GATHER_S, settle_s / 4)
        self._watched: tuple[tuple[Path, int, int], ...] = ()
        self._changes: Generator[Any, None, None] | None = None
        self._woke_s = 0.0

    @property
    def is_reporting(self) -> bool:
        """False where changes are found by looking only."""
        return self._changes is not None

    def aim(self, folders: Sequence[Path]) -> str | None:
        """Watch these folders from now on, anew where one has become another.

        Returns:
            Why the system can't report changes here, where it can't; said once.
        """
        watched = tuple(_identity(folder) for folder in folders)
        if self._poll or watched == self._watched:
            return None
        self.close()
        self._watched = watched
        from watchfiles import watch

        try:
            self._changes = watch(
                *folders,
                watch_filter=None,
                rust_timeout=self._tick_ms,
                yield_on_timeout=True,
                poll_delay_ms=2000,  # where watchfiles itself polls: WSL, WATCHFILES_FORCE_POLLING
                ignore_permission_denied=True,
            )
            next(self._changes)  # the watching begins with the first question
        except (OSError, RuntimeError) as error:
            return self._give_up(error)
        return None

    def wait(self, timeout_s: float) -> str | None:
        """Return at a change or when time is up.

        Returns:
            Why the system can't report changes any more, where it just ended; said once.
        """
        end_s = time.monotonic() + timeout_s
        if self._changes is None:
            time.sleep(timeout_s)
            return None
        try:
            while time.monotonic() < end_s:
                if next(self._changes):
                    soon_s = self._woke_s + self._gather_s - time.monotonic()
                    time.sleep(max(0.0, min(soon_s, timeout_s)))
                    self._woke_s = time.monotonic()
                    return None
        except (OSError, RuntimeError) as error:
            return self._give_up(error)
        return None

    def close(self) -> None:
        """Stop watching."""
        if self._changes is not None:
            with suppress(OSError, RuntimeError):
                self._changes.close()
        self._changes = None
        self._watched = ()

    def _give_up(self, error: Exception) -> str:
        log.info("no reports of changes: %s", error)
        watched = self._watched
        self.close()
        self._watched = watched  # asked again when a folder comes anew
        return str(error).strip().splitlines()[0] if str(error).strip() else type(error).__name__


def _identity(folder: Path) -> tuple[Path, int, int]:
    """Tell a folder from one of the same name that was made or mounted later."""
    try:
        stat = folder.stat()
    except OSError:
        return folder, 0, 0
    return folder, stat.st_dev, stat.st_ino
