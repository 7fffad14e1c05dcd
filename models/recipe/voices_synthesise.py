"""Voices, step 1: pseudo-words by every voice of flite, festival and espeak-ng, as log mel power.

    python voices_synthesise.py WORK

Each utterance has another pitch and rate, so that neither tells a voice; each voice is kept with
its formants moved to seven places (the mel filters are shifted), which makes seven speakers of it.
Nothing but synthetic speech goes into the network. `WORK/voices/NAME.npz` holds `mel`, float16 of
shape (7, frames, 32) at 100 frames a second, and `lengths`, the frames of each utterance.

Debian packages beside those of README.md: festvox-czech-{dita,krb,machac,ph}, festvox-italp16k,
festvox-itapc16k, festvox-ca-ona-hts, festvox-ru, festvox-suopuhe-{lj,mv}.
"""

from __future__ import annotations

import math
import random
import subprocess
import sys
import tempfile
import wave
from pathlib import Path

import numpy as np
import numpy.typing as npt
from scipy.signal import resample_poly

Audio = npt.NDArray[np.float32]

RATE_HZ, HOP, SIZE = 16_000, 160, 512
N_BANDS, LOWEST_HZ, HIGHEST_HZ = 32, 80.0, 3800.0
WARPS = (0.80, 0.86, 0.93, 1.0, 1.08, 1.17, 1.26)
N_UTTERANCES = {"flite": 80, "festival": 80, "espeak-ng": 40}
MIN_S = 1.5

LATIN_ONSETS = "p b t d k g f v s z m n l r h w j st tr pl kr sh ch br fl sp"
LATIN_VOWELS = "a e i o u ai ou ea oo a e i o u"
LATIN_CODAS = "- - - n m s l r t k nd st"
CYRILLIC_ONSETS = "п б т д к г ф в с з м н л р х ш ч ст тр пл кр ж бр"
CYRILLIC_VOWELS = "а е и о у я ю э ы а е и о"
CYRILLIC_CODAS = "- - - н м с л р т к ст й"
FLITE = ("slt", "rms", "awb", "kal16")
FESTIVAL = (
    *("kal_diphone", "ked_diphone", "cmu_us_slt_arctic_hts", "czech_dita", "czech_krb"),
    *("czech_machac", "czech_ph", "hy_fi_mv_diphone", "suo_fi_lj_diphone", "lp_diphone"),
    *("pc_diphone", "upc_ca_ona_hts", "msu_ru_nsh_clunits"),
)
ESPEAK = (
    "Alex Alicia Andrea Andy Annie Denis Diogo Gene Henrique Hugo Jacky Lee Marco Mario Michael "
    "Mike adam anika antonio aunty belinda benjamin boris caleb david ed edward f1 f2 f3 f4 f5 "
    "gustave iven john klatt klatt2 klatt4 linda m1 m2 m3 m4 m5 m6 m7 m8 marcelo max michel miguel "
    "norbert pablo paul pedro quincy rob robert sandro shelby steph steph2 travis victor zac"
)
LANGUAGES = ("en-us", "en-gb", "en-us", "pl", "ru", "uk", "de", "es", "fr-fr", "cs")


def pseudo_words(rng: random.Random, *, cyrillic: bool) -> str:
    """Return a sentence of syllables that means nothing; a dash is no sound."""
    latin = (LATIN_ONSETS, LATIN_VOWELS, LATIN_CODAS)
    sounds = (CYRILLIC_ONSETS, CYRILLIC_VOWELS, CYRILLIC_CODAS) if cyrillic else latin
    onsets, vowels, codas = (kind.replace("-", "").split(" ") for kind in sounds)
    return " ".join(
        "".join(
            rng.choice(onsets) + rng.choice(vowels) + rng.choice(codas)
            for _ in range(rng.choice((1, 1, 2, 2, 3)))
        )
        for _ in range(rng.randint(6, 11))
    )


def command(
    program: str, voice: str, number: int, rng: random.Random, path: Path
) -> tuple[list[str], bytes | None]:
    """Return the command line that speaks, and its standard input."""
    pitch, rate = math.exp(rng.uniform(-0.22, 0.22)), rng.uniform(0.85, 1.25)
    stretch = f"{1 / rate:.3f}"
    if program == "flite":
        level = (
            f"int_f0_target_mean={95 * pitch:.1f}" if voice == "kal16" else f"f0_shift={pitch:.3f}"
        )
        words = pseudo_words(rng, cyrillic=False)
        options = ["--setf", f"duration_stretch={stretch}", "--setf", level]
        return ["flite", "-voice", voice, *options, "-t", words, "-o", str(path)], None
    if program == "espeak-ng":
        language = LANGUAGES[number % len(LANGUAGES)]
        level = str(round(min(95.0, max(5.0, 50 + 60 * math.log2(pitch)))))
        words = pseudo_words(rng, cyrillic=language in ("ru", "uk"))
        options = ["-v", f"{language}+{voice}", "-s", str(round(165 * rate)), "-p", level]
        return ["espeak-ng", *options, "-w", str(path), words], None
    evaluate = f"(begin (voice_{voice}) (Parameter.set 'Duration_Stretch {stretch}))"
    words = pseudo_words(rng, cyrillic=voice.startswith("msu"))
    return ["text2wave", "-eval", evaluate, "-o", str(path)], words.encode()


def spoken(program: str, voice: str, number: int, rng: random.Random) -> Audio | None:
    """Speak one utterance, without the silence around it; None where the program fails."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "spoken.wav"
        line, text = command(program, voice, number, rng, path)
        done = subprocess.run(line, input=text, capture_output=True, check=False, timeout=60)
        if done.returncode or not path.exists() or path.stat().st_size < 8000:
            return None
        with wave.open(str(path)) as file:
            rate_hz = file.getframerate()
            samples = np.frombuffer(file.readframes(file.getnframes()), np.int16) / 32768.0
    common = math.gcd(rate_hz, RATE_HZ)
    sound = resample_poly(samples, RATE_HZ // common, rate_hz // common).astype(np.float32)
    loud = np.flatnonzero(np.abs(sound) > 0.02 * np.abs(sound).max())
    sound = sound[loud[0] : loud[-1]]
    if sound.size < MIN_S * RATE_HZ:
        return None
    return np.asarray(sound * (0.06 / np.sqrt((sound**2).mean())), dtype=np.float32)


def bands(warp: float) -> Audio:
    """Return mel filters of shape (32, bins) that see a voice's formants moved by `warp`."""
    top, bottom = (2595 * math.log10(1 + hz / 700) for hz in (HIGHEST_HZ, LOWEST_HZ))
    edges = 700 * (10 ** (np.linspace(bottom, top, N_BANDS + 2) / 2595) - 1) / warp
    bins = np.fft.rfftfreq(SIZE, 1 / RATE_HZ)
    rising = (bins - edges[:-2, None]) / (edges[1:-1] - edges[:-2])[:, None]
    falling = (edges[2:, None] - bins) / (edges[2:] - edges[1:-1])[:, None]
    return np.maximum(0, np.minimum(rising, falling)).astype(np.float32)


def main(work: Path) -> None:
    """Speak with every voice that is not there yet."""
    (work / "voices").mkdir(parents=True, exist_ok=True)
    filters = [bands(warp).T for warp in WARPS]
    window = np.hanning(SIZE).astype(np.float32)
    voices = [("festival", v) for v in FESTIVAL] + [("flite", v) for v in FLITE]
    for program, voice in voices + [("espeak-ng", v) for v in ESPEAK.split()]:
        target = work / "voices" / f"{program}_{voice}.npz"
        if target.exists():
            continue
        rng = random.Random(voice)
        mels = []
        for number in range(N_UTTERANCES[program]):
            sound = spoken(program, voice, number, rng)
            if sound is not None:
                frames = np.lib.stride_tricks.sliding_window_view(sound, SIZE)[::HOP]
                power = (np.abs(np.fft.rfft(frames * window)) ** 2).astype(np.float32)
                mels.append(np.stack([np.log(power @ f + 1e-6) for f in filters]))
        lengths = np.array([mel.shape[1] for mel in mels])
        np.savez(target, mel=np.concatenate(mels, axis=1).astype(np.float16), lengths=lengths)
        print(f"{program} {voice}: {lengths.sum() / 100:.0f} s")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
