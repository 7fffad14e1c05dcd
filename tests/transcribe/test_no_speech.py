"""Silence, music, noise and telephone tones in: nothing out."""

from pathlib import Path

import numpy as np
import pytest
from sounds import (
    RATE_HZ,
    Samples,
    clicks,
    dial,
    modem,
    music,
    noise,
    silence,
    tones,
    write_wav,
)

from icp_voice.config import TranscribeConfig
from icp_voice.records import SourceFile, Transcript
from icp_voice.transcribe.audio import mix_down, read_windows
from icp_voice.transcribe.engine import FasterWhisperEngine
from icp_voice.transcribe.models import resolve_model
from icp_voice.transcribe.recording import transcribe_recording

CONFIG = TranscribeConfig(model="demo-en", languages=("en",), offline=True)
SECONDS = 20.0
SOUNDS: dict[str, Samples] = {
    "silence": silence(SECONDS),
    "white noise": noise(SECONDS),
    "pink noise": noise(SECONDS, slope=0.5),
    "mains hum": tones(SECONDS, 50, 100, 150),
    "dial tone": tones(SECONDS, 350, 440),
    "European dial tone": tones(SECONDS, 425),
    "ringback": tones(SECONDS, 440, 480, on_s=2, off_s=4),
    "European ringback": tones(SECONDS, 425, on_s=1, off_s=4),
    "busy": tones(SECONDS, 480, 620, on_s=0.5, off_s=0.5),
    "European busy": tones(SECONDS, 425, on_s=0.35, off_s=0.35),
    "keys of a telephone": dial(SECONDS),
    "fax": modem(SECONDS),
    "chords": music(SECONDS, note_s=2.0, chord=True),
    "melody with a drum": music(SECONDS, note_s=0.5, drum=True),
    "arpeggios": music(SECONDS, note_s=0.15),
    "applause": clicks(SECONDS, a_second=120),
    "typing": clicks(SECONDS, a_second=5),
}


@pytest.fixture(scope="module", name="engine")
def _engine() -> FasterWhisperEngine:
    """The bundled model: what comes through to it is written down as speech."""
    model = resolve_model(CONFIG.model, offline=True)
    return FasterWhisperEngine(model, CONFIG, workers=1, threads=1)


def transcribe(folder: Path, sound: Samples, engine: FasterWhisperEngine) -> Transcript:
    path = write_wav(folder / "call.wav", sound)
    source = SourceFile("0" * 16, "0" * 64, path, "recording", path.stat().st_size)
    return transcribe_recording(source, engine, CONFIG)


@pytest.mark.parametrize("kind", SOUNDS)
@pytest.mark.parametrize("level", [1.0, 0.1])
def test_nothing_comes_of_sounds_without_speech(
    tmp_path: Path, engine: FasterWhisperEngine, kind: str, level: float
) -> None:
    """No words, loud or soft, and the call is too poor to count, with the reason."""
    transcript = transcribe(tmp_path, (level * SOUNDS[kind]).astype(np.float32), engine)
    assert transcript.turns == ()
    assert transcript.dropped == ()
    assert transcript.quality.grade == "poor"
    assert transcript.quality.reasons == ("nothing was said that could be understood",)


def test_words_come_only_from_where_somebody_speaks(
    root: Path, tmp_path: Path, engine: FasterWhisperEngine
) -> None:
    """Ringing before and music after a conversation add no word to it."""
    recordings = root / "sample_audio" / "workspace" / "recordings"
    spoken = mix_down(next(read_windows(min(recordings.glob("*SYN-1008*")))).samples)
    spoken = spoken[: 20 * RATE_HZ]
    alone = transcribe(tmp_path, spoken, engine)
    before, after = SOUNDS["ringback"], SOUNDS["melody with a drum"]
    between = transcribe(tmp_path, np.concatenate([before, spoken, after]), engine)
    assert all(19.0 < turn.start_s < turn.end_s < 41.0 for turn in between.turns)
    n_words = [sum(len(t.text.split()) for t in call.turns) for call in (alone, between)]
    assert n_words[0] > 20
    assert n_words[1] <= n_words[0] + 2
