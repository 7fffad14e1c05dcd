"""Transcribe many recordings at once on the cores there are; each is handed on when it is done.

One loaded model serves all workers: CTranslate2 runs `num_workers` generations at a time and
releases Python's lock meanwhile. workers x threads never passes the cores, for more than the
physical ones makes it slower (faster-whisper #1397).
"""

import logging
import os
import queue
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor

from icp_voice.config import TranscribeConfig
from icp_voice.errors import IcpVoiceError
from icp_voice.media import probe_recording
from icp_voice.progress import TranscribeProgress
from icp_voice.records import FailedInput, Participant, SourceFile, Transcript
from icp_voice.transcribe.diarization import load_diarizer
from icp_voice.transcribe.engine import FasterWhisperEngine, SpeechEngine
from icp_voice.transcribe.models import resolve_model
from icp_voice.transcribe.recording import Attendance, transcribe_recording
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
    lengths = {source.call_id: _seconds(source) for source in sources}
    ordered = sorted(sources, key=lambda s: (-lengths[s.call_id], s.call_id))
    workers, threads = plan_workers(len(sources), config)
    if engine is None:
        model = resolve_model(config.model, offline=config.offline)
        engine = FasterWhisperEngine(model, config, workers=workers, threads=threads)
    usable_languages(engine, config.languages)
    load_diarizer(config)
    meter = _Meter(lengths, on_progress)
    people = participants or {}

    def work(source: SourceFile) -> None:
        attendance = Attendance(
            people.get(source.call_id, ()), tuple(seller_names), tuple(seller_domains)
        )
        meter.put_result(source, _transcribe(source, engine, config, attendance, meter))

    with ThreadPoolExecutor(workers, thread_name_prefix="transcribe") as pool:
        try:
            for source in ordered:
                pool.submit(work, source)
            yield from meter.results()
        finally:
            meter.stop()
            pool.shutdown(cancel_futures=True)


def plan_workers(n_recordings: int, config: TranscribeConfig) -> tuple[int, int]:
    """Return (workers, threads each) so that their product does not pass the cores.

    Many recordings: one thread each, for that wastes nothing. Few: the threads that are left.
    """
    cores = available_cores()
    threads = config.threads
    workers = config.workers or max(1, min(n_recordings, cores // max(1, threads)))
    threads = threads or max(1, min(_MAX_THREADS, cores // workers))
    return workers, threads


def available_cores() -> int:
    """Return the cores this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return max(1, len(os.sched_getaffinity(0)))
    return os.cpu_count() or 1


def _seconds(source: SourceFile) -> float:
    """Return how long a recording says it is; 0 where it can't be decoded."""
    try:
        return probe_recording(source.path)[0]
    except IcpVoiceError:
        return 0.0


class _StoppedError(Exception):
    """Whoever asked for the transcripts has gone."""


def _transcribe(
    source: SourceFile,
    engine: SpeechEngine,
    config: TranscribeConfig,
    attendance: Attendance,
    meter: "_Meter",
) -> Transcript | FailedInput | None:
    """Transcribe one recording; one that fails must not stop the others."""
    name = source.path.name
    try:
        return transcribe_recording(
            *(source, engine, config),
            attendance=attendance,
            on_heard=lambda done_s: meter.put_heard(source, done_s),
        )
    except _StoppedError:
        return None
    except IcpVoiceError as error:
        return FailedInput(name, "transcribe", str(error))
    except Exception as error:
        log.exception("transcription failed: call=%s", source.call_id)
        reason = f"{name} could not be transcribed: {type(error).__name__}: {error}."
        return FailedInput(name, "transcribe", reason)


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
