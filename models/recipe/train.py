"""Step 3: train the network in stages, each with a time budget; may be stopped and resumed.

    python train.py WORK first 25      # 4-s windows, one utterance each, 25 minutes
    python train.py WORK middle 20     # 10-s windows
    python train.py WORK last 60       # 30-s windows
    python train.py WORK last 30 0.0006    # goes on with a stage that was stopped

The learning rate falls linearly over the time budget of a stage. A checkpoint is written every
few minutes and at the end, and `train.log` gets a line every 25 steps.
"""

from __future__ import annotations

import json
import queue
import sys
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import torch
from tokenizers import Tokenizer
from torch import Tensor
from torch.nn import functional

from network import Network, Size  # isort: skip
from windows import IGNORE, UNKNOWN, Speech, Window, WindowMaker  # isort: skip

CHECKPOINT_EVERY_S = 150
GUIDE_WEIGHT = 0.3
FIGURES = ("att", "ctc", "acc", "guide", "norm")  # of each line in train.log


@dataclass(frozen=True)
class Stage:
    """What a stage trains on.

    Attributes:
        shapes: (frames a window, windows a batch, tokens a window, weight of the shape); fixed
            sizes, so that torch.compile compiles once. Batches with longer texts are drawn anew.
        several: windows of several utterances, not of one.
        offsets: start windows anywhere in the 30 s of encoder positions.
        attention_weight, ctc_weight: of the two losses.
        peak, final: learning rates after the warm-up and at the end.
        seed: of the windows.
    """

    shapes: tuple[tuple[int, int, int, float], ...]
    several: bool
    offsets: bool
    peak: float
    final: float
    seed: int
    warm_up_steps: int = 100
    attention_weight: float = 1.0
    ctc_weight: float = 0.5


STAGES = {
    "first": Stage(((400, 24, 32, 1.0),), False, True, 2e-3, 1e-3, 11, 300, 0.5, 1.0),
    "middle": Stage(((1_000, 12, 80, 1.0),), True, True, 1.4e-3, 1e-3, 12),
    "last": Stage(((3_000, 6, 224, 0.65), (1_000, 12, 80, 0.35)), True, True, 1.2e-3, 1e-5, 13, 40),
}


@dataclass
class Batch:
    """Tensors of a batch; CTC as slices of utterances."""

    mel: Tensor
    offsets: Tensor
    tokens: Tensor
    targets: Tensor
    places: Tensor
    ctc: list[tuple[int, int, int, list[int]]]  # row, encoder frames [from, to), letters


def collate(windows: list[Window], *, n_tokens: int, pad: int) -> Batch:
    """Stack windows; decoder inputs are padded to `n_tokens`."""
    tokens = np.full((len(windows), n_tokens), pad, np.int64)
    targets = np.full((len(windows), n_tokens), IGNORE, np.int64)
    places = np.tile(np.array(UNKNOWN), (len(windows), n_tokens, 1))
    for row, window in enumerate(windows):
        places[row, : len(window.places)] = window.places
        tokens[row, : len(window.tokens)] = window.tokens
        targets[row, : len(window.targets)] = window.targets
    return Batch(
        torch.from_numpy(np.stack([window.mel for window in windows])),
        torch.tensor([window.offset for window in windows]),
        torch.from_numpy(tokens),
        torch.from_numpy(targets),
        torch.from_numpy(places),
        [(row, *part) for row, window in enumerate(windows) for part in window.ctc],
    )


def ctc_loss(logits: Tensor, parts: list[tuple[int, int, int, list[int]]]) -> Tensor:
    """Return the mean CTC loss a letter, each utterance in its own slice of frames."""
    if not parts:
        return logits.sum() * 0.0
    n_frames = logits.shape[1]
    slices = [logits[row, first : min(last, n_frames)] for row, first, last, _ in parts]
    lengths = torch.tensor([len(part) for part in slices])
    padded = torch.nn.utils.rnn.pad_sequence(slices).float().log_softmax(2)
    letters = torch.tensor([letter for *_, text in parts for letter in text])
    sizes = torch.tensor([len(text) for *_, text in parts])
    loss: Tensor = functional.ctc_loss(
        padded, letters, lengths, sizes, reduction="sum", zero_infinity=True
    )
    return loss / sizes.sum()


class Feeder(threading.Thread):
    """Makes batches ahead in a thread."""

    def __init__(self, maker: WindowMaker, stage: Stage) -> None:
        super().__init__(daemon=True)
        self.maker, self.stage = maker, stage
        self.batches: queue.Queue[Batch] = queue.Queue(maxsize=3)

    def run(self) -> None:
        """Fill the queue for ever."""
        weights = np.array([weight for *_, weight in self.stage.shapes])
        while True:
            choice = int(self.maker.rng.choice(len(weights), p=weights / weights.sum()))
            n_frames, size, n_tokens, _ = self.stage.shapes[choice]
            draw = self.maker.several if self.stage.several else self.maker.single
            windows = []
            while len(windows) < size:
                window = draw(n_frames, offsets=self.stage.offsets)
                if len(window.tokens) <= n_tokens:
                    windows.append(window)
            self.batches.put(collate(windows, n_tokens=n_tokens, pad=self.maker.eot))


def learning_rate(stage: Stage, step: int, share: float) -> float:
    """Return the rate at a step of the stage, `share` of its time being over."""
    rate = stage.peak + (stage.final - stage.peak) * min(1.0, share)
    return rate * min(1.0, (step + 1) / stage.warm_up_steps)


def train(work: Path, name: str, minutes: float, *, peak: float | None = None) -> None:
    """Train one stage for some minutes, from the newest checkpoint where there is one.

    `peak` is the learning rate with which a stage that was stopped goes on.
    """
    torch.manual_seed(7)
    torch.set_num_threads(2)
    stage = STAGES[name] if peak is None else replace(STAGES[name], peak=peak)
    tokenizer = Tokenizer.from_file(str(work / "tokenizer.json"))
    network = Network(Size(n_vocabulary=tokenizer.get_vocab_size()))
    decay = [p for p in network.parameters() if p.ndim > 1]
    rest = [p for p in network.parameters() if p.ndim <= 1]
    groups = [{"params": decay, "weight_decay": 0.01}, {"params": rest, "weight_decay": 0.0}]
    optimizer = torch.optim.AdamW(groups, lr=stage.peak, betas=(0.9, 0.98), foreach=True)
    checkpoint = work / "checkpoint.pt"
    total = 0
    if checkpoint.exists():
        saved = torch.load(checkpoint, weights_only=True)
        network.load_state_dict(saved["network"])
        optimizer.load_state_dict(saved["optimizer"])
        total = saved["step"]
    maker = WindowMaker(Speech(work / "speech"), tokenizer, seed=stage.seed * 100_000 + total)
    feeder = Feeder(maker, stage)
    feeder.start()
    run = torch.compile(network, dynamic=False)
    began = saved_at = reported = time.monotonic()
    sums = np.zeros(len(FIGURES))
    step = 0
    with (work / "train.log").open("a", encoding="utf-8") as log:
        while (now := time.monotonic()) - began < minutes * 60:
            rate = learning_rate(stage, step, (now - began) / (minutes * 60))
            for group in optimizer.param_groups:
                group["lr"] = rate
            sums += one_step(network, run, stage, optimizer, feeder.batches.get())
            step += 1
            if step % 25 == 0:
                seconds = (time.monotonic() - reported) / 25
                reported = time.monotonic()
                means = (sums / 25).round(3).tolist()
                line = {"stage": name, "step": total + step, "lr": round(rate, 6)}
                line |= {"s": round(seconds, 3), **dict(zip(FIGURES, means, strict=True))}
                log.write(json.dumps(line) + "\n")
                log.flush()
                sums[:] = 0
            if time.monotonic() - saved_at > CHECKPOINT_EVERY_S:
                save(checkpoint, network, optimizer, total + step)
                saved_at = time.monotonic()
    save(checkpoint, network, optimizer, total + step)
    save(work / f"after_{name}.pt", network, optimizer, total + step)


def one_step(
    network: Network,
    run: Callable[..., Any],
    stage: Stage,
    optimizer: torch.optim.Optimizer,
    batch: Batch,
) -> np.ndarray:
    """Do one update; return attention loss, CTC loss, token accuracy, guide loss, gradient norm."""
    with torch.autocast("cpu", dtype=torch.bfloat16):
        logits, letters, guide = run(batch.mel, batch.offsets, batch.tokens, batch.places)
    attention = functional.cross_entropy(
        logits.flatten(0, 1).float(), batch.targets.flatten(), ignore_index=IGNORE
    )
    ctc = ctc_loss(letters, batch.ctc)
    optimizer.zero_grad(set_to_none=True)
    loss = stage.attention_weight * attention + stage.ctc_weight * ctc
    (loss + GUIDE_WEIGHT * guide).backward()
    norm = torch.nn.utils.clip_grad_norm_(network.parameters(), 1.0)
    optimizer.step()
    known = batch.targets != IGNORE
    accuracy = (logits.detach().argmax(2) == batch.targets)[known].float().mean()
    return np.array([attention.item(), ctc.item(), accuracy.item(), guide.item(), norm.item()])


def save(path: Path, network: Network, optimizer: torch.optim.Optimizer, step: int) -> None:
    """Write a checkpoint, whole or not at all."""
    part = path.with_suffix(".part")
    states = {"network": network.state_dict(), "optimizer": optimizer.state_dict()}
    torch.save({**states, "step": step}, part)
    part.replace(path)


if __name__ == "__main__":
    train(
        Path(sys.argv[1]),
        sys.argv[2],
        float(sys.argv[3]),
        peak=float(sys.argv[4]) if len(sys.argv) > 4 else None,
    )
