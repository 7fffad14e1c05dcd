"""Transcribe many recordings at once on the cores there are; each is handed on when it is done.

One loaded model serves all workers: CTranslate2 runs `num_workers` generations at a time and
releases Python's lock meanwhile. workers x threads never passes the cores, for more than the
physical ones makes it slower (faster-whisper #1397), and a worker with one thread wastes less than
one with several. So the work is cut finer than by file: a worker takes a file of its own, the
longest first, and when there is none left it helps with the windows of those that are not done.
"""

import logging
import math
import os
import queue
import threading
import time
from collections import deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass

from threadpoolctl import threadpool_limits

from icp_voice.config import TranscribeConfig
from icp_voice.errors import IcpVoiceError
from icp_voice.media import probe_recording
from icp_voice.progress import TranscribeProgress
from icp_voice.records import FailedInput, Participant, SourceFile, Transcript
from icp_voice.transcribe.attribution import Attendance
from icp_voice.transcribe.audio import MAX_WINDOW_S
from icp_voice.transcribe.diarization import load_diarizer
from icp_voice.transcribe.engine import FasterWhisperEngine, SpeechEngine
from icp_voice.transcribe.heap import return_large_blocks
from icp_voice.transcribe.models import resolve_model
from icp_voice.transcribe.recording import Listener, SpeechUnit
from icp_voice.transcribe.spoken_language import usable_languages

log = logging.getLogger(__name__)

_MAX_THREADS = 4
_PROGRESS_STEP_S = 0.2


def transcribe_recordings(
    sources: Sequence[SourceFile],
    config: TranscribeConfig,
    *,
    participants: Mapping[str, tuple[Participant, ...]] | None = None,
    seller_names: Sequence[str] = (),
    seller_domains: Sequence[str] = (),
    on_progress: Callable[[TranscribeProgress], None] = lambda _: None,
    engine: SpeechEngine | None = None,
) -> Iterator[tuple[SourceFile, Transcript | FailedInput]]:
    """Yield each recording's transcript, or why there is none, in the order they are done.

    The longest are begun first, so that the cores stay busy to the end. What is said in a
    recording does not depend on the others or on their order.

    Args:
        sources: recordings; transcripts have no place here.
        config: model, languages, channel map, workers and threads.
        participants: call_id -> attendees.
        seller_names: configured people of our side.
        seller_domains: configured mail domains of our side.
        on_progress: is called on the caller's thread.
        engine: a recogniser to use instead of loading `config.model`.

    Raises:
        ModelError: the model or the diarizer can't be had, or it knows none of the languages.
    """
    sources = list({source.call_id: source for source in sources}.values())
    if not sources:
        return
    return_large_blocks()
    sizes = {source.call_id: measure_size(source) for source in sources}
    ordered = sorted(sources, key=lambda s: (-sizes[s.call_id].duration_s, s.call_id))
    workers, threads = plan_workers(sum(size.n_units for size in sizes.values()), config)
    if engine is None:
        model = resolve_model(config.model, offline=config.offline)
        engine = FasterWhisperEngine(model, config, workers=workers, threads=threads)
    usable_languages(engine, config.languages)
    load_diarizer(config)
    meter = _Meter({c: size.duration_s for c, size in sizes.items()}, on_progress)
    people = participants or {}
    calls = []
    for source in ordered:
        known = people.get(source.call_id, ())
        attendance = Attendance(known, tuple(seller_names), tuple(seller_domains))
        calls.append(_OpenCall(source, engine, config, attendance, meter))
    board = _Board(calls, meter)
    # The workers are the threads: numpy's own would take the cores from the others for nothing.
    one_thread = threadpool_limits(limits=1, user_api="blas")
    with one_thread, ThreadPoolExecutor(workers, thread_name_prefix="transcribe") as pool:
        try:
            for _ in range(workers):
                pool.submit(board.work)
            yield from meter.results()
        finally:
            meter.stop()


@dataclass(frozen=True)
class RecordingSize:
    """How long a recording says it is, and in how many pieces of work it falls."""

    duration_s: float
    n_units: int


def measure_size(source: SourceFile) -> RecordingSize:
    """Return a recording's size by its header; one that can't be decoded is a single unit."""
    probes = []
    for path in [track.path for track in source.tracks] or [source.path]:
        with suppress(IcpVoiceError):
            probes.append(probe_recording(path))
    duration_s = max((seconds for seconds, _ in probes), default=0.0)
    n_windows = max(1, math.ceil(duration_s / MAX_WINDOW_S))
    n_channels = 2 if probes and probes[0][1] == 2 else 1
    return RecordingSize(duration_s, n_windows * max(n_channels, len(source.tracks)))


def plan_workers(n_units: int, config: TranscribeConfig) -> tuple[int, int]:
    """Return (workers, threads each) so that their product does not pass the cores.

    Args:
        n_units: windows times channels of all recordings: what can be done at the same time.
        config: `workers` and `threads` where the user says them.
    """
    cores = available_cores()
    threads = config.threads
    workers = config.workers or max(1, min(n_units, cores // max(1, threads)))
    threads = threads or max(1, min(_MAX_THREADS, cores // workers))
    return workers, threads


def available_cores() -> int:
    """Return the cores this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return max(1, len(os.sched_getaffinity(0)))
    return os.cpu_count() or 1


class _StoppedError(Exception):
    """Whoever asked for the transcripts has gone."""


class _OpenCall:
    """One recording while it is transcribed, by one worker or by several."""

    def __init__(
        self,
        source: SourceFile,
        engine: SpeechEngine,
        config: TranscribeConfig,
        attendance: Attendance,
        meter: "_Meter",
    ) -> None:
        self._source = source
        self._engine, self._config, self._attendance = engine, config, attendance
        self._meter = meter
        self._listener: Listener | None = None
        self._decoding = threading.Lock()
        self._state = threading.Lock()
        self._ready: deque[SpeechUnit] = deque()
        self._n_begun = 0
        self._at_end = False
        self._over = False
        self._handed_over = False

    @property
    def has_work(self) -> bool:
        """Tell whether there may be a unit that nobody has begun."""
        with self._state:
            return not self._over and (bool(self._ready) or not self._at_end)

    def work(self) -> bool:
        """Do the next unit and return True; False where there is none left to begin.

        A recording that fails must not stop the others: the failure becomes its result.
        """
        name = self._source.path.name
        try:
            unit = self._take()
            if unit is not None and self._listener is not None:
                self._listener.recognise(unit)
            if self._is_last(unit) and self._listener is not None:
                self._hand_over(self._listener.transcript())
            return unit is not None
        except _StoppedError:
            self._hand_over(None)
        except IcpVoiceError as error:
            self._hand_over(FailedInput(name, "transcribe", str(error)))
        except Exception as error:
            log.exception("transcription failed: call=%s", self._source.call_id)
            reason = f"{name} could not be transcribed: {type(error).__name__}: {error}."
            self._hand_over(FailedInput(name, "transcribe", reason))
        return False

    def _take(self) -> SpeechUnit | None:
        """Return a unit that nobody has begun, reading the next window where none is ready."""
        with self._decoding:
            if not self.has_work:
                return None
            units: list[SpeechUnit] = []
            if not self._ready:
                if self._listener is None:
                    self._listener = self._open_listener()
                units = self._listener.next_units()
            with self._state:
                self._ready.extend(units)
                self._at_end = not self._ready
                self._n_begun += bool(self._ready)
                return self._ready.popleft() if self._ready else None

    def _open_listener(self) -> Listener:
        return Listener(
            self._source,
            self._engine,
            self._config,
            attendance=self._attendance,
            on_heard=lambda done_s: self._meter.put_heard(self._source, done_s),
        )

    def _is_last(self, unit: SpeechUnit | None) -> bool:
        """Count a unit as done and tell, once, that it was the last one."""
        with self._state:
            self._n_begun -= unit is not None
            last = self._at_end and not self._n_begun and not self._over
            self._over = self._over or last
            return last

    def _hand_over(self, result: Transcript | FailedInput | None) -> None:
        """Give the result away, once, and close the file."""
        with self._state:
            first, self._handed_over, self._over = not self._handed_over, True, True
        if first:
            self._meter.put_result(self._source, result)
        with self._decoding:
            if self._listener is not None:
                self._listener.close()


class _Board:
    """Shares the recordings out: each worker one of its own first, then what others still have."""

    def __init__(self, calls: Sequence[_OpenCall], meter: "_Meter") -> None:
        self._waiting = deque(calls)
        self._begun: list[_OpenCall] = []
        self._lock = threading.Lock()
        self._meter = meter

    def work(self) -> None:
        """Work until there is nothing left to begin."""
        while (call := self._next()) is not None:
            while call.work():
                pass

    def _next(self) -> _OpenCall | None:
        with self._lock:
            if self._meter.stopped:
                return None
            if self._waiting:
                self._begun.append(self._waiting.popleft())
                return self._begun[-1]
            self._begun = [call for call in self._begun if call.has_work]
            return self._begun[0] if self._begun else None


class _Meter:
    """Carries results and progress from the workers to the caller's thread."""

    def __init__(
        self, lengths: Mapping[str, float], on_progress: Callable[[TranscribeProgress], None]
    ) -> None:
        self._lengths = dict(lengths)
        self._heard = dict.fromkeys(lengths, 0.0)
        self._on_progress = on_progress
        self._queue: queue.SimpleQueue[
            tuple[SourceFile, Transcript | FailedInput | None] | None
        ] = queue.SimpleQueue()
        self._stopped = threading.Event()
        self._began_s = time.monotonic()
        self._told_s = 0.0
        self._n_done = 0

    def put_heard(self, source: SourceFile, done_s: float) -> None:
        """Note, on a worker's thread, how far a recording is; raise where nobody waits."""
        if self._stopped.is_set():
            raise _StoppedError
        self._heard[source.call_id] = done_s
        self._queue.put(None)

    def put_result(self, source: SourceFile, result: Transcript | FailedInput | None) -> None:
        """Hand over a finished recording, on a worker's thread."""
        self._queue.put((source, result))

    @property
    def stopped(self) -> bool:
        """Tell whether nobody waits for results any more."""
        return self._stopped.is_set()

    def stop(self) -> None:
        """Let the workers end at their next segment."""
        self._stopped.set()

    def results(self) -> Iterator[tuple[SourceFile, Transcript | FailedInput]]:
        """Yield the results as they come, and tell the progress in between."""
        self._tell()
        while self._n_done < len(self._lengths):
            item = self._queue.get()
            if item is None:
                if time.monotonic() - self._told_s >= _PROGRESS_STEP_S:
                    self._tell()
                continue
            source, result = item
            self._n_done += 1
            if isinstance(result, Transcript):
                self._lengths[source.call_id] = result.duration_s
            self._heard[source.call_id] = self._lengths[source.call_id]
            self._tell()
            if result is not None:
                yield source, result

    def _tell(self) -> None:
        self._told_s = time.monotonic()
        total_s = sum(self._lengths.values())
        done_s = sum(min(self._heard[c], length) for c, length in self._lengths.items())
        self._on_progress(
            TranscribeProgress(
                files_done=self._n_done,
                files_total=len(self._lengths),
                audio_done_s=done_s,
                audio_total_s=total_s,
                elapsed_s=self._told_s - self._began_s,
            )
        )
