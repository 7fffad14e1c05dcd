"""Every figure of every trait: tests, corrections, shrunken effects, resampling."""

import numpy as np
from numpy.typing import NDArray

from icp_voice.config import EvidenceConfig
from icp_voice.evidence.association import (
    Cells,
    Effect,
    boschloo_p,
    cochran_mantel_haenszel,
    fisher_mid_p,
    heterogeneity_p,
    stratified_effect,
)
from icp_voice.evidence.frame import Frame
from icp_voice.evidence.multiplicity import benjamini_hochberg, max_t
from icp_voice.evidence.shrinkage import shrink
from icp_voice.evidence.stability import selection_shares
from icp_voice.evidence.traits import FloatArray
from icp_voice.evidence.verdicts import MIN_STABILITY, Evidence
from icp_voice.results import Register

_BOSCHLOO_DEALS = 150
_SIGN_MIN_DEALS = 5


def name_registers(frame: Frame, config: EvidenceConfig) -> tuple[Register, ...]:
    """Return the register of each trait: written down before the run, or found."""
    named = set(config.hypotheses)
    return tuple("hypothesis" if trait in named else "discovery" for trait in frame.traits)


def stands_for_strata(frame: Frame) -> NDArray[np.bool_]:
    """Find traits that are the segment itself; they can't be compared inside it."""
    column = (frame.stratified_by or "").casefold()
    names = [trait.rsplit("/", 1)[-1].split("=")[0].casefold() for trait in frame.traits]
    return np.array([bool(column) and name == column for name in names], dtype=bool)


def work_out_figures(
    frame: Frame,
    config: EvidenceConfig,
    cells: Cells,
    crude: Effect,
    tested: NDArray[np.bool_],
    own: NDArray[np.bool_],
) -> tuple[Evidence, float]:
    """Test, correct, shrink and resample the traits that may be tested."""
    n_traits = len(frame.traits)
    stratified = frame.stratified_by is not None
    inside = stratified_effect(cells)
    effect = Effect(
        log_odds=np.where(own, crude.log_odds, inside.log_odds),
        se=np.where(own, crude.se, inside.se),
    )
    z, p_cmh = cochran_mantel_haenszel(cells)
    z_pooled, _ = cochran_mantel_haenszel(cells.pooled())
    z = np.where(own, z_pooled, z)
    mid_p = fisher_mid_p(cells)
    p_stratified = np.where(own, np.nan, p_cmh) if stratified else np.full(n_traits, np.nan)
    primary = np.where(np.isfinite(p_stratified), p_stratified, mid_p)
    registers = name_registers(frame, config)
    q_value = np.full(n_traits, np.nan)
    families = np.array([register == "hypothesis" for register in registers], dtype=np.int64)
    expected, low, high = (np.full(n_traits, np.nan) for _ in range(3))
    for family in (0, 1):
        members = tested & (families == family)
        q_value[members] = benjamini_hochberg(primary[members])
        shrunken = shrink(effect.log_odds[members], effect.se[members], z[members])
        expected[members], low[members], high[members] = (
            shrunken.mean,
            shrunken.low,
            shrunken.high,
        )
    p_max_t, stability, noise = _resample(frame, config, tested, own, families, z, q_value)
    evidence = Evidence(
        traits=frame.traits,
        registers=registers,
        counts=np.concatenate(cells.pooled().arrays()),
        n_deals=len(frame.deals),
        tested=tested,
        p_value=np.where(tested, mid_p, np.nan),
        p_stratified=np.where(tested, p_stratified, np.nan),
        q_value=q_value,
        p_max_t=p_max_t,
        odds_ratio=np.exp(crude.log_odds),
        stratified_odds_ratio=np.exp(effect.log_odds) if stratified else np.full(n_traits, np.nan),
        expected=expected,
        low=low,
        high=high,
        stability=stability,
        sign_agreement=_sign_agreement(cells, effect, own),
        luckiest=_luckiest(p_max_t, families),
        boschloo=_cross_check(
            frame,
            cells,
            (q_value <= config.fdr) & (stability >= MIN_STABILITY) & ((low > 0) | (high < 0)),
        ),
        heterogeneity=heterogeneity_p(cells),
        fdr=config.fdr,
        stratified_by=frame.stratified_by,
    )
    return evidence, noise


def _resample(
    frame: Frame,
    config: EvidenceConfig,
    tested: NDArray[np.bool_],
    own: NDArray[np.bool_],
    families: NDArray[np.int64],
    z: FloatArray,
    q_value: FloatArray,
) -> tuple[FloatArray, FloatArray, float]:
    """Permute outcomes and halve the accounts; traits that are the segment itself without it."""
    found = np.abs(z[tested & (q_value <= config.fdr)])
    threshold = float(found.min()) - 1e-4 if len(found) else 1.96
    p_max_t, stability = np.full(len(z), np.nan), np.full(len(z), np.nan)
    noise = 0.0
    if not tested.any():
        return p_max_t, stability, noise
    whole = np.zeros(len(frame.deals), dtype=np.int64)
    for strata, wanted in ((frame.strata.codes, tested & ~own), (whole, tested & own)):
        if not wanted.any():
            continue
        pool = tested if strata is whole else wanted
        values = frame.values[:, pool]
        permuted = max_t(
            values,
            frame.won,
            strata,
            families[pool],
            threshold=threshold,
            permutations=config.permutations,
            seed=config.seed,
        )
        shares = selection_shares(
            values,
            frame.won,
            strata,
            frame.accounts,
            z[pool],
            pairs=config.stability_pairs,
            seed=config.seed,
        )
        p_max_t[wanted] = permuted.p_values[wanted[pool]]
        stability[wanted] = shares[wanted[pool]]
        noise = max(noise, permuted.expected_by_noise)
    return p_max_t, stability, noise


def _luckiest(p_max_t: FloatArray, families: NDArray[np.int64]) -> FloatArray:
    """Return for each trait the smallest max-T p-value of its register."""
    out = np.full(len(p_max_t), np.nan)
    for family in np.unique(families):
        tested = (families == family) & np.isfinite(p_max_t)
        if tested.any():
            out[families == family] = p_max_t[tested].min()
    return out


def _sign_agreement(cells: Cells, effect: Effect, own: NDArray[np.bool_]) -> FloatArray:
    """Return the share of strata (with 5 deals each way) in which the sign is the pooled one."""
    a, b, c, d = (cell.astype(np.float64) for cell in cells.arrays())
    usable = (a + b >= _SIGN_MIN_DEALS) & (c + d >= _SIGN_MIN_DEALS) & ~own
    sign = np.sign(np.log((a + 0.5) * (d + 0.5) / ((b + 0.5) * (c + 0.5))))
    agrees = usable & (sign == np.sign(effect.log_odds))
    n = usable.sum(axis=0)
    out = np.full(a.shape[1], np.nan)
    np.divide(agrees.sum(axis=0), n, out=out, where=n > 0)
    return out


def _cross_check(frame: Frame, cells: Cells, finalists: NDArray[np.bool_]) -> FloatArray:
    """Run Boschloo's exact test on unstratified finalists; beyond 150 deals the two agree."""
    out = np.full(len(finalists), np.nan)
    if frame.stratified_by is None and len(frame.deals) <= _BOSCHLOO_DEALS:
        pooled = np.concatenate(cells.pooled().arrays())
        for j in np.flatnonzero(finalists):
            out[j] = boschloo_p(*(int(x) for x in pooled[:, j]))
    return out
