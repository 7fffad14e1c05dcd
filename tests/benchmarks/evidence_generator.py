"""Deals with known truth: every family of trait that fools people, and true ones.

Win odds depend on segment (-0.9, 0, +0.9), rep and the true traits. Won deals have more calls
(1 + Poisson(3), lost 1 + Poisson(1)). A trait of the customer is said with .75 a call and read
with sensitivity .9 and specificity .98. 20 % of the deals are open.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from icp_voice.evidence.traits import TraitTable, table_from_values
from icp_voice.records import Deal

N_REPS = 5
SAID, SENSITIVITY, SPECIFICITY = 0.75, 0.90, 0.98
WIN_RATE, OPEN_SHARE = 0.35, 0.20
FALSE_FAMILIES = ("null", "exposure", "confounded", "leaky")


@dataclass(frozen=True)
class Mix:
    """How many traits of each family; `odds_ratio` is that of the true ones."""

    true: int = 10
    null: int = 65
    exposure: int = 10
    confounded: int = 8
    leaky: int = 7
    drifting: int = 0
    rep_specific: int = 0
    odds_ratio: float = 3.0


def family_of(trait: str) -> str:
    """Return the family a generated trait belongs to."""
    return trait.rsplit("_", 1)[0]


def generate(n_deals: int, mix: Mix, *, seed: int) -> tuple[TraitTable, list[Deal]]:
    """Generate deals and the table at the first call, with `ever` and call counts."""
    rng = np.random.default_rng(seed)
    segment = rng.integers(0, 3, n_deals)
    rep = rng.integers(0, N_REPS, n_deals)
    early = rng.random(n_deals) < 0.5
    usual = np.random.default_rng(1).uniform(0.15, 0.45, 400)  # prevalences, the same in all runs
    latent = _customers(rng, n_deals, mix, usual, segment)
    effect = np.log(mix.odds_ratio)
    logit = (segment - 1) * 0.9 + np.linspace(-0.4, 0.4, N_REPS)[rep]
    logit = logit + effect * latent["true"].sum(axis=1)
    logit = logit + effect * (latent["drifting"] & early[:, None]).sum(axis=1)
    logit = logit + effect * (latent["rep_specific"] & (rep == 0)[:, None]).sum(axis=1)
    won = rng.random(n_deals) < 1 / (1 + np.exp(-(logit + _intercept(logit))))
    n_calls = 1 + rng.poisson(np.where(won, 3, 1))
    names, first, ever = [], [], []
    for family, block in latent.items():
        here, later = _hear(rng, family, block, won, n_calls, usual)
        names += [f"{family}_{j:03d}" for j in range(block.shape[1])]
        first.append(here)
        ever.append(here | later)
    return _pack(rng, names, np.hstack(first), np.hstack(ever), won, n_calls, segment, rep, early)


def _customers(
    rng: np.random.Generator,
    n: int,
    mix: Mix,
    usual: NDArray[np.float64],
    segment: NDArray[np.int64],
) -> dict[str, NDArray[np.bool_]]:
    """Draw what is true of each customer, (n_deals, n_traits) a family."""
    sizes = {
        "true": mix.true,
        "null": mix.null,
        "exposure": mix.exposure,
        "confounded": mix.confounded,
        "leaky": mix.leaky,
        "drifting": mix.drifting,
        "rep_specific": mix.rep_specific,
    }
    drawn = {}
    for family, size in sizes.items():
        share = usual[:size][None, :]
        if family == "confounded":
            share = np.array([0.15, 0.35, 0.60])[segment][:, None]
        drawn[family] = rng.random((n, size)) < share
    return drawn


def _intercept(logit: NDArray[np.float64]) -> float:
    low, high = -20.0, 20.0
    for _ in range(50):
        middle = (low + high) / 2
        too_few = (1 / (1 + np.exp(-(logit + middle)))).mean() < WIN_RATE
        low, high = (middle, high) if too_few else (low, middle)
    return low


def _hear(
    rng: np.random.Generator,
    family: str,
    block: NDArray[np.bool_],
    won: NDArray[np.bool_],
    n_calls: NDArray[np.int64],
    usual: NDArray[np.float64],
) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    """Return what is read in the first call, and in any later one."""
    if family == "leaky":
        late = rng.random(block.shape) < np.where(won, 0.6, 0.15)[:, None]
        return np.zeros_like(block), late
    said = np.where(block, SAID * SENSITIVITY + (1 - SAID) * (1 - SPECIFICITY), 1 - SPECIFICITY)
    if family == "exposure":  # nothing of the customer: it comes up with the same chance a call
        said = np.broadcast_to(usual[: block.shape[1]], block.shape)
    first = rng.random(block.shape) < said
    later = rng.random(block.shape) < 1 - (1 - said) ** (n_calls - 1)[:, None]
    return first, later


def _pack(
    rng: np.random.Generator,
    names: list[str],
    first: NDArray[np.bool_],
    ever: NDArray[np.bool_],
    won: NDArray[np.bool_],
    n_calls: NDArray[np.int64],
    segment: NDArray[np.int64],
    rep: NDArray[np.int64],
    early: NDArray[np.bool_],
) -> tuple[TraitTable, list[Deal]]:
    open_ = rng.random(len(won)) < OPEN_SHARE
    ids = [f"d{i:06d}" for i in range(len(won))]
    deals = [
        Deal(
            deal_id,
            "open" if open_[i] else "won" if won[i] else "lost",
            owner=f"rep {rep[i]}",
            attributes={
                "segment": ["small", "mid", "large"][segment[i]],
                "language": ("en", "ru", "uk", "pl")[i % 4],
                "half": "early" if early[i] else "late",
            },
        )
        for i, deal_id in enumerate(ids)
    ]
    plain = table_from_values(ids, names, first.astype(np.int8))
    order = sorted(range(len(names)), key=names.__getitem__)
    late = np.array([1.0 if names[j].startswith("leaky") else 0.0 for j in order])
    table = TraitTable(
        deal_ids=plain.deal_ids,
        traits=plain.traits,
        values=plain.values,
        ever=ever.astype(np.int8)[:, order],
        n_calls=n_calls.astype(np.int32),
        late_share=late,
    )
    return table, deals
