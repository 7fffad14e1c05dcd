"""Voices, step 2: train the network that tells voices apart, and publish it.

    python voices_train.py WORK MINUTES          # writes WORK/voices.pt
    python voices_train.py WORK publish          # models/voices-1 and its entry's checksum

Each step draws made-up recordings of four speakers with five stretches of 1 to 2.2 s each: one
line, room and noise for all of a recording, another effort for each stretch. The recording's mean
is taken out, as the program does. The loss asks each stretch for the middle of its speaker's
others among the recording's four (GE2E, Wan et al., 2018), and for its speaker among all with a
margin (Wang et al., 2018).
"""

from __future__ import annotations

import hashlib
import re
import sys
import time
from pathlib import Path

import numpy as np
import numpy.typing as npt
import torch
from torch import nn
from torch.nn import functional

Array = npt.NDArray[np.float32]
Doubles = npt.NDArray[np.float64]

N_BANDS, N_WARPS, N_PRINT = 32, 7, 64
RECORDINGS, SPEAKERS, STRETCHES = 10, 4, 5
# Speakers of one voice are told apart where their formants differ by two steps at least.
SAME_VOICE_SHARE, NATURAL_SHARE, MIN_WARP_STEPS = 0.4, 0.6, 2
MARGIN, SCALE, GLOBAL_WEIGHT = 0.2, 20.0, 0.3
COSINES = np.cos(np.pi * np.arange(1, 7)[:, None] * (np.arange(N_BANDS) + 0.5) / N_BANDS)
TILT = np.linspace(-1, 1, N_BANDS)


class Network(nn.Module):
    """Time-delay layers, attentive mean and spread, 64 numbers; `voiceprints.py` runs it."""

    def __init__(self, width: int = 128, pooled: int = 192) -> None:
        super().__init__()
        self.c1 = nn.Conv1d(N_BANDS, width, 5, stride=2)
        self.c2 = nn.Conv1d(width, width, 3, dilation=1)
        self.c3 = nn.Conv1d(width, width, 3, dilation=2)
        self.c4 = nn.Conv1d(width, width, 3, dilation=3)
        self.c5 = nn.Conv1d(width, pooled, 1)
        self.b = nn.ModuleList([nn.BatchNorm1d(n) for n in (width,) * 4 + (pooled,)])
        self.att = nn.Conv1d(pooled, 1, 1)
        self.out = nn.Linear(2 * pooled, N_PRINT)

    def layers(self) -> list[tuple[nn.Conv1d, nn.Module]]:
        """Return each convolution with the norm behind it."""
        return list(zip((self.c1, self.c2, self.c3, self.c4, self.c5), self.b, strict=True))

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """Return prints (n, 64) of log mel power (n, bands, frames)."""
        for layer, norm in self.layers():
            x = norm(functional.relu(layer(x)))
        weight = torch.softmax(self.att(x), -1)
        mean = (weight * x).sum(-1)
        spread = (weight * x * x).sum(-1) - mean * mean
        return self.out(torch.cat([mean, torch.sqrt(spread.clamp(min=1e-4))], 1))


class Speakers:
    """The voices of step 1, and made-up recordings of them."""

    def __init__(self, folder: Path, seed: int = 0) -> None:
        self.rng = np.random.default_rng(seed)
        self.mels, self.lengths, self.natural, self.formant = [], [], [], []
        for path in sorted(folder.glob("*.npz")):
            kind = self.formant if path.name.startswith("espeak") else self.natural
            kind.append(len(self.mels))
            with np.load(path) as arrays:
                self.mels.append(arrays["mel"])
                self.lengths.append(arrays["lengths"])
        self.n = len(self.mels) * N_WARPS

    def stretch(self, voice: int, warp: int, n_frames: int) -> Array:
        """Draw some frames of one utterance."""
        lengths = self.lengths[voice]
        number = int(self.rng.choice(np.flatnonzero(lengths >= n_frames)))
        first = int(lengths[:number].sum() + self.rng.integers(lengths[number] - n_frames + 1))
        return self.mels[voice][warp, first : first + n_frames].astype(np.float32)

    def choose(self) -> list[tuple[int, int]]:
        """Draw the (voice, warp) of a recording's speakers."""
        chosen: list[tuple[int, int]] = []
        while len(chosen) < SPEAKERS:
            kind = self.natural if self.rng.random() < NATURAL_SHARE else self.formant
            voice, warp = int(self.rng.choice(kind)), int(self.rng.integers(N_WARPS))
            if chosen and self.rng.random() < SAME_VOICE_SHARE:
                voice = chosen[0][0]
                if any(v == voice and abs(w - warp) < MIN_WARP_STEPS for v, w in chosen):
                    continue
            if (voice, warp) not in chosen:
                chosen.append((voice, warp))
        return chosen

    def recording(self, n_frames: int) -> tuple[Array, list[int]]:
        """Return stretches (speakers, stretches, frames, bands) and the speakers' numbers."""
        rng, chosen = self.rng, self.choose()
        x = np.stack(
            [[self.stretch(v, w, n_frames) for _ in range(STRETCHES)] for v, w in chosen]
        ).astype(np.float64)
        each, speaker = (SPEAKERS, STRETCHES, 1, 1), (SPEAKERS, 1, 1, 1)
        x += rng.normal(0, 0.25, each) + rng.normal(0, 0.25, speaker)  # levels
        x += rng.normal(0, 0.35, each) * TILT + rng.normal(0, 0.12, (*each[:3], 6)) @ COSINES
        # The line, the same for all.
        x += (rng.normal(0, 0.5, 6) / np.sqrt(np.arange(1, 7))) @ COSINES + rng.normal(
            0, 0.8
        ) * TILT
        if rng.random() < 0.5:
            x[..., : int(rng.integers(1, 5))] -= rng.uniform(1, 4)
        if rng.random() < 0.3:
            x[..., -int(rng.integers(1, 4)) :] -= rng.uniform(1, 4)
        if rng.random() < 0.4:
            x = reverberant(x, decay=rng.uniform(0.5, 0.85), share=rng.uniform(0.05, 0.4))
        noise = np.log(np.exp(x).mean()) - rng.uniform(1, 9)
        noise = noise + rng.normal(0, 1) * TILT + rng.normal(0, 0.3, 6) @ COSINES
        x = np.log(np.exp(x) + np.exp(noise) * rng.exponential(1, x.shape))
        level = x.mean(-1)
        x -= x[level > np.percentile(level, 95) - 5].mean(0)
        return x.astype(np.float32), [voice * N_WARPS + warp for voice, warp in chosen]


def reverberant(
    x: npt.NDArray[np.float64], *, decay: float, share: float
) -> npt.NDArray[np.float64]:
    """Let each frame's power ring on into the next ones."""
    power = np.exp(x)
    tail = np.zeros_like(power[:, :, 0])
    for t in range(x.shape[2]):
        tail = decay * tail + share * power[:, :, t]
        x[:, :, t] = np.log(power[:, :, t] + tail)
    return x


def losses(
    prints: torch.Tensor, who: torch.Tensor, middles: torch.Tensor, scale: torch.Tensor
) -> torch.Tensor:
    """Return the loss within the recordings plus that among all speakers."""
    inside = prints.view(RECORDINGS, SPEAKERS, STRETCHES, -1)
    total = inside.sum(2)
    others = functional.normalize(total[:, :, None] - inside, dim=-1)
    likeness = torch.einsum("rsud,rtd->rsut", inside, functional.normalize(total, dim=-1)).clone()
    index = torch.arange(SPEAKERS)
    likeness[:, index, :, index] = (inside * others).sum(-1).permute(1, 0, 2)
    own = index.view(1, -1, 1).expand(RECORDINGS, SPEAKERS, STRETCHES).reshape(-1)
    local = functional.cross_entropy((likeness * scale.exp()).reshape(-1, SPEAKERS), own)
    logits = prints @ functional.normalize(middles, dim=1).T
    logits = logits - MARGIN * functional.one_hot(who, middles.shape[0])
    return local + GLOBAL_WEIGHT * functional.cross_entropy(logits * SCALE, who)


def train(work: Path, minutes: float) -> None:
    """Train for some minutes, from what is there of an earlier run."""
    torch.manual_seed(0)
    speakers, network, weights = Speakers(work / "voices"), Network(), work / "voices.pt"
    if weights.exists():
        network.load_state_dict(torch.load(weights))
    middles = nn.Parameter(torch.randn(speakers.n, N_PRINT) * 0.1)
    scale = nn.Parameter(torch.tensor(2.3))
    optimiser = torch.optim.AdamW(
        [*network.parameters(), middles, scale], lr=2e-3, weight_decay=1e-4
    )
    began_s, step, done = time.time(), 0, 0.0
    while done < 1:
        for group in optimiser.param_groups:
            cosine = max(0.02, 0.5 * (1 + np.cos(np.pi * done)))
            group["lr"] = 3e-3 * min(1, (step + 1) / 50) * cosine
        n_frames = int(speakers.rng.integers(100, 220))
        drawn = [speakers.recording(n_frames) for _ in range(RECORDINGS)]
        x = torch.from_numpy(np.stack([x for x, _ in drawn]))
        who = torch.tensor([numbers for _, numbers in drawn]).repeat_interleave(STRETCHES, -1)
        prints = network(x.reshape(-1, n_frames, N_BANDS).transpose(1, 2))
        loss = losses(functional.normalize(prints, dim=1), who.reshape(-1), middles, scale)
        optimiser.zero_grad()
        loss.backward()
        nn.utils.clip_grad_norm_(network.parameters(), 5.0)
        optimiser.step()
        step, done = step + 1, (time.time() - began_s) / (60 * minutes)
        if step % 100 == 0:
            print(step, round(loss.item(), 3))
    torch.save(network.state_dict(), weights)


def publish(work: Path) -> None:
    """Write the weights as the program reads them, half precision, norms as scale and shift."""
    network = Network()
    network.load_state_dict(torch.load(work / "voices.pt"))
    network.eval()
    tensors = {
        "att.w": network.att.weight[0, :, 0],
        "att.b": network.att.bias[0],
        "out.w": network.out.weight.T,
        "out.b": network.out.bias,
    }
    for number, (layer, norm) in enumerate(network.layers(), start=1):
        scale = norm.weight / torch.sqrt(norm.running_var + norm.eps)
        tensors[f"c{number}.w"] = layer.weight.permute(2, 1, 0)
        tensors[f"c{number}.b"] = layer.bias
        tensors[f"c{number}.scale"] = scale
        tensors[f"c{number}.shift"] = norm.bias - norm.running_mean * scale
    models = Path(__file__).resolve().parents[1]
    path = models / "voices-1" / "weights.npz"
    path.parent.mkdir(exist_ok=True)
    np.savez(path, **{k: v.detach().numpy().astype(np.float16) for k, v in tensors.items()})
    manifest = models / "manifest.toml"
    head, mark, rest = manifest.read_text(encoding="utf-8").partition('name = "voices-1"')
    entry, *others = rest.split("[[model]]", 1)
    size = path.stat().st_size
    entry = re.sub(r"bytes = \d+", f"bytes = {size}", entry)
    digest = hashlib.sha256(path.read_bytes()).hexdigest()
    entry = re.sub(r'sha256 = "\w+"', f'sha256 = "{digest}"', entry)
    manifest.write_text("[[model]]".join([head + mark + entry, *others]), encoding="utf-8")


if __name__ == "__main__":
    if sys.argv[2] == "publish":
        publish(Path(sys.argv[1]))
    else:
        train(Path(sys.argv[1]), float(sys.argv[2]))
