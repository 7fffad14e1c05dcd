"""How often the evidence is right, on data whose truth is known.

Run: python tests/benchmarks/evidence_simulation.py [--repetitions 100] [--deals 60 120 300 1000]

Prints, beside the reference figures: the false discovery rate of proven traits on the full mix,
the share of exposure and leaky traits proven, coverage and type-M of the expected effects, the
power of the corrected test alone on clean tables, and the AUC of a seven-trait scorecard.
"""

import argparse
from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from evidence_generator import FALSE_FAMILIES, Mix, family_of, generate

from icp_voice.config import EvidenceConfig
from icp_voice.evidence.association import count_cells, fisher_mid_p, stratified_effect
from icp_voice.evidence.measure import measure
from icp_voice.evidence.multiplicity import benjamini_hochberg
from icp_voice.evidence.traits import TraitTable
from icp_voice.icp.joint import joint_log_odds
from icp_voice.icp.scorecard import distribute_points
from icp_voice.records import Deal
from icp_voice.results import Measurement

CONFIG = EvidenceConfig(permutations=199)
POWER = {  # power / raw type-M of mid-p + BH on clean tables, at 60, 120, 300, 1000 deals
    (3.0, 15): (".28/1.64", ".67/1.21", ".98/1.01", "1.0"),
    (3.0, 100): (".11/1.91", ".43/1.32", ".96/1.03", "1.0"),
    (2.0, 15): (".07", ".19", ".66", "1.0"),
}
AUC = {60: 0.59, 120: 0.63, 300: 0.69, 1000: 0.75}
SIZES = (60, 120, 300, 1000)


def limits(mix: Mix) -> dict[str, float]:
    """Return the log odds ratio that endless data would show, inside segments, by trait."""
    table, deals = generate(150_000, mix, seed=999_983)
    won = np.array([deal.outcome == "won" for deal in deals])
    closed = np.array([deal.outcome != "open" for deal in deals])
    names = sorted({str(deal.attributes["segment"]) for deal in deals})
    strata = np.array([names.index(str(deal.attributes["segment"])) for deal in deals])
    effect = stratified_effect(count_cells(table.values[closed], won[closed], strata[closed]))
    return dict(zip(table.traits, effect.log_odds.tolist(), strict=True))


def run_mix(n_deals: int, mix: Mix, repetitions: int, truth: dict[str, float]) -> None:
    """Measure the full mix again and again."""
    false_shares, ratios, covered, found, flagged = [], [], [], [], []
    plain: list[float] = []
    for seed in range(repetitions):
        table, deals = generate(n_deals, mix, seed=seed)
        measurement = measure(table, deals, CONFIG)
        proven = [f for f in measurement.findings if f.verdict == "proven"]
        false = [f for f in proven if family_of(f.trait) in FALSE_FAMILIES]
        false_shares.append(len(false) / max(len(proven), 1))
        plain.append(_ever_fdr(table, deals))
        flagged.append(_share(measurement, ("exposure", "leaky")))
        found.append(_share(measurement, ("true",)))
        for finding in proven:
            limit = truth[finding.trait]
            interval, expected = finding.interval_90, finding.odds_ratio_shrunken
            if family_of(finding.trait) != "true" or interval is None or expected is None:
                continue
            ratios.append(np.log(expected) / limit)
            covered.append(np.log(interval.low) <= limit <= np.log(interval.high))
    print(
        f"{n_deals:5d} deals: FDR {np.mean(false_shares):.3f} (target .12; ever-mentioned, "
        f"unstratified: {np.mean(plain):.2f}); true traits proven {np.mean(found):.2f}; exposure "
        f"and leaky proven {np.mean(flagged):.3f} (target .05); coverage "
        f"{_mean(covered)} (target .85); type-M {_mean(ratios)} (target 1.15); "
        f"{len(ratios)} effects"
    )


def _mean(values: Sequence[float]) -> str:
    return f"{np.mean(values):.2f}" if len(values) else "none proven"


def _share(measurement: Measurement, families: tuple[str, ...]) -> float:
    chosen = [f for f in measurement.findings if family_of(f.trait) in families]
    return sum(f.verdict == "proven" for f in chosen) / max(len(chosen), 1)


def _ever_fdr(table: TraitTable, deals: Sequence[Deal]) -> float:
    """Return the false share of the naive way: ever mentioned, no strata, BH at .10."""
    assert table.ever is not None
    closed = np.array([deal.outcome != "open" for deal in deals])
    won = np.array([deal.outcome == "won" for deal in deals])[closed]
    q = benjamini_hochberg(fisher_mid_p(count_cells(table.ever[closed], won)))
    chosen = [family_of(t) for t, x in zip(table.traits, q, strict=True) if x <= CONFIG.fdr]
    return sum(name in FALSE_FAMILIES for name in chosen) / max(len(chosen), 1)


def clean_table(
    rng: np.random.Generator, n: int, n_traits: int, n_true: int, odds_ratio: float
) -> tuple[np.ndarray, np.ndarray]:
    """Draw independent traits given the outcome, each true one with the same odds ratio."""
    won = rng.random(n) < 0.35
    p_lost = np.full(n_traits, 0.30)
    p_won = p_lost.copy()
    for _ in range(200):
        odds = odds_ratio * p_lost[:n_true] / (1 - p_lost[:n_true])
        p_won[:n_true] = odds / (1 + odds)
        p_lost[:n_true] += 0.30 - (0.35 * p_won[:n_true] + 0.65 * p_lost[:n_true])
    chance = np.where(won[:, None], p_won, p_lost)
    return (rng.random((n, n_traits)) < chance).astype(np.int8), won


def run_power(repetitions: int, sizes: Sequence[int]) -> None:
    """Power and raw type-M of mid-p and BH alone, to compare with the reference."""
    for (odds_ratio, n_traits), reference in POWER.items():
        n_true = max(5, n_traits // 10)
        for n, wanted in zip(SIZES, reference, strict=True):
            if n not in sizes:
                continue
            rng = np.random.default_rng(7)
            found, sizes_found = [], []
            for _ in range(repetitions):
                values, won = clean_table(rng, n, n_traits, n_true, odds_ratio)
                cells = count_cells(values, won)
                q = benjamini_hochberg(fisher_mid_p(cells))[:n_true]
                found.append((q <= 0.10).mean())
                raw = stratified_effect(cells).log_odds[:n_true]
                sizes_found += (raw[q <= 0.10] / np.log(odds_ratio)).tolist()
            print(
                f"{n:5d} deals, OR {odds_ratio:g}, {n_traits} traits: power {np.mean(found):.2f}, "
                f"type-M {_mean(sizes_found)} (reference {wanted})"
            )


def run_scorecard(repetitions: int, sizes: Sequence[int]) -> None:
    """AUC on new deals of the seven strongest of 40 traits, 8 true at odds ratio 2.5."""
    for n in sizes:
        found, best = [], []
        for seed in range(repetitions):
            rng = np.random.default_rng(seed)
            values, won = _logistic(rng, n + 4000, 40, 8, 2.5)
            train, test = values[:n], values[n:]
            effect = stratified_effect(count_cells(train, won[:n]))
            strongest = np.argsort(-effect.log_odds / effect.se)[:7]
            weights = joint_log_odds(train[:, strongest], won[:n], np.zeros(n, dtype=np.int64))
            points = np.array(distribute_points(weights.tolist()))
            found.append(_auc(test[:, strongest] @ points, won[n:]))
            best.append(_auc(test[:, :8].sum(axis=1), won[n:]))
        wanted = AUC.get(n)
        print(
            f"{n:5d} deals: AUC of seven traits {np.mean(found):.3f} (reference {wanted}; oracle "
            f"{np.mean(best):.3f})"
        )


def _logistic(
    rng: np.random.Generator, n: int, n_traits: int, n_true: int, odds_ratio: float
) -> tuple[np.ndarray, np.ndarray]:
    values = (rng.random((n, n_traits)) < 0.3).astype(np.int8)
    logit = np.log(odds_ratio) * (values[:, :n_true].sum(axis=1) - 0.3 * n_true) - 0.75
    return values, rng.random(n) < 1 / (1 + np.exp(-logit))


def _auc(score: np.ndarray, won: np.ndarray) -> float:
    from scipy.stats import rankdata

    ranks = rankdata(score)
    n_won = int(won.sum())
    return float((ranks[won].sum() - n_won * (n_won + 1) / 2) / (n_won * (len(won) - n_won)))


def main() -> None:
    """Run the benchmark."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--repetitions", type=int, default=100)
    parser.add_argument("--deals", type=int, nargs="+", default=list(SIZES))
    parser.add_argument("--odds-ratio", type=float, default=3.0)
    arguments = parser.parse_args()
    mix = replace(Mix(), odds_ratio=arguments.odds_ratio)
    truth = limits(mix)
    print(f"Full mix, {mix}")
    for n_deals in arguments.deals:
        run_mix(n_deals, mix, arguments.repetitions, truth)
    print("Clean tables, mid-p and Benjamini-Hochberg at .10")
    run_power(arguments.repetitions, arguments.deals)
    print("Scorecard on new deals")
    run_scorecard(min(arguments.repetitions, 40), arguments.deals)


if __name__ == "__main__":
    main()
