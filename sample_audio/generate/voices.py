"""Speak a sentence with the free text-to-speech programs of Debian.

flite and espeak-ng are small, fast (some 30 ms a sentence) and need no model download;
festival's voices are kept apart as voices that the bundled speech model never heard.
Everything spoken here is synthetic and is labelled so wherever it is shipped.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
import wave
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

SAMPLING_RATE_HZ = 16_000


class SpeechProgramMissingError(RuntimeError):
    """The text-to-speech program of a voice is not installed."""


@dataclass(frozen=True)
class Voice:
    """One synthetic speaker.

    Attributes:
        name: how the voice is called in the sample data and in the evaluation.
        program: `flite`, `espeak-ng` or `festival`.
        voice_id: what the program calls it.
        gender: `f` or `m`.
        accent: as a person would describe it.
        held_out: True if the bundled speech model was not trained on it.
        pitch: a factor on the program's own pitch, part of the speaker's identity.
    """

    name: str
    program: str
    voice_id: str
    gender: str
    accent: str
    held_out: bool = False
    pitch: float = 1.0


VOICES: tuple[Voice, ...] = (
    Voice("slt", "flite", "slt", "f", "American"),
    Voice("slt-low", "flite", "slt", "f", "American", pitch=0.88),
    Voice("rms", "flite", "rms", "m", "American"),
    Voice("rms-high", "flite", "rms", "m", "American", pitch=1.12),
    Voice("awb", "flite", "awb", "m", "Scottish"),
    Voice("kal16", "flite", "kal16", "m", "American"),
    Voice("us-m3", "espeak-ng", "en-us+m3", "m", "American"),
    Voice("us-f2", "espeak-ng", "en-us+f2", "f", "American"),
    Voice("gb-m1", "espeak-ng", "en-gb+m1", "m", "British"),
    Voice("gb-f3", "espeak-ng", "en-gb+f3", "f", "British"),
    Voice("kal-diphone", "festival", "voice_kal_diphone", "m", "American", held_out=True),
    Voice("ked-diphone", "festival", "voice_ked_diphone", "m", "American", held_out=True),
    Voice("slt-hts", "festival", "voice_cmu_us_slt_arctic_hts", "f", "American", held_out=True),
)
BY_NAME: dict[str, Voice] = {voice.name: voice for voice in VOICES}


def synthesise(
    sentence: str, voice: Voice, *, rate: float = 1.0, pitch: float = 1.0
) -> npt.NDArray[np.float32]:
    """Speak one sentence.

    Args:
        sentence: plain English text; numbers written out.
        voice: one of `VOICES`.
        rate: speaking rate relative to the voice's normal one; trained for 0.85 to 1.2.
        pitch: factor on the voice's pitch; trained for 0.94 to 1.06.

    Returns:
        Samples at 16 kHz, shape (n,), float32 in [-1, 1], with the short silences
        that the program puts at both ends.

    Raises:
        SpeechProgramMissingError: the voice's program or voice is not installed.
    """
    handle, name = tempfile.mkstemp(suffix=".wav")
    os.close(handle)
    path = Path(name)
    try:
        command, text = _command(sentence, voice, path, rate=rate, pitch=pitch * voice.pitch)
        if shutil.which(command[0]) is None:
            raise SpeechProgramMissingError(
                f'voice "{voice.name}" needs the program {command[0]}, which is not installed; '
                "on Debian: apt-get install flite espeak-ng festival festvox-kallpc16k "
                "festvox-kdlpc16k festvox-us-slt-hts"
            )
        done = subprocess.run(command, input=text, capture_output=True, check=False)
        if done.returncode != 0 or path.stat().st_size < 1000:
            raise SpeechProgramMissingError(
                f'{command[0]} could not speak with voice "{voice.voice_id}" '
                f"(exit status {done.returncode}): {done.stderr.decode('utf-8', 'replace')[:200]}"
            )
        return _read_wave(path)
    finally:
        path.unlink(missing_ok=True)


def _command(
    sentence: str, voice: Voice, path: Path, *, rate: float, pitch: float
) -> tuple[list[str], bytes | None]:
    """Return the program's command line, and what it reads from standard input."""
    stretch = f"{1.0 / rate:.4f}"
    if voice.program == "flite":
        command = ["flite", "-voice", voice.voice_id, "--setf", f"duration_stretch={stretch}"]
        # clustergen voices take a factor, the diphone voice a mean in Hz (its own is 95)
        if voice.voice_id == "kal16":
            command += ["--setf", f"int_f0_target_mean={95 * pitch:.1f}"]
        else:
            command += ["--setf", f"f0_shift={pitch:.3f}"]
        return [*command, "-t", sentence, "-o", str(path)], None
    if voice.program == "espeak-ng":
        words_per_minute, pitch_level = round(165 * rate), round(50 * pitch)
        command = ["espeak-ng", "-v", voice.voice_id, "-s", str(words_per_minute)]
        return [*command, "-p", str(pitch_level), "-w", str(path), sentence], None
    evaluate = f"(begin ({voice.voice_id}) (Parameter.set 'Duration_Stretch {stretch}))"
    return ["text2wave", "-eval", evaluate, "-o", str(path)], sentence.encode()


def _read_wave(path: Path) -> npt.NDArray[np.float32]:
    """Read a 16-bit mono wave file and resample it to 16 kHz."""
    from scipy.signal import resample_poly

    with wave.open(str(path)) as file:
        rate_hz = file.getframerate()
        samples = np.frombuffer(file.readframes(file.getnframes()), dtype=np.int16)
    signal = samples.astype(np.float32) / 32768.0
    if rate_hz != SAMPLING_RATE_HZ:
        common = int(np.gcd(rate_hz, SAMPLING_RATE_HZ))
        signal = resample_poly(signal, SAMPLING_RATE_HZ // common, rate_hz // common)
    return np.clip(signal, -1.0, 1.0).astype(np.float32)
