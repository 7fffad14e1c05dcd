"""How long the evidence table takes, beside a plain loop over scipy and statsmodels.

Run: python tests/benchmarks/evidence_speed.py [--large]

Measures 500 deals x 400 traits in full (2,000 permutations, 50 pairs of half-samples), then the
same tables' tests alone against a loop of `scipy.stats.fisher_exact` and
`StratifiedTable.test_null_odds` a trait, in one run on one machine. `--large` adds 20,000 deals x
2,000 traits. Targets: under 10 s, under 2 minutes, at least 20 times faster than the loop.
"""

import argparse
import time

import numpy as np

from icp_voice.config import EvidenceConfig
from icp_voice.evidence.association import (
    cochran_mantel_haenszel,
    count_cells,
    fisher_mid_p,
    stratified_effect,
)
from icp_voice.evidence.measure import measure
from icp_voice.evidence.traits import TraitTable, table_from_values
from icp_voice.records import Deal

LOOPED_TRAITS = 100


def make_data(n_deals: int, n_traits: int) -> tuple[TraitTable, list[Deal]]:
    """Make deals in three segments with ten true traits and 5 % unknown."""
    rng = np.random.default_rng(0)
    segment = rng.integers(0, 3, n_deals)
    values = (rng.random((n_deals, n_traits)) < rng.uniform(0.1, 0.5, n_traits)).astype(np.int8)
    score = (segment - 1) * 0.9 - 0.8 + values[:, :10].sum(axis=1) * 1.1 - 3.3
    won = rng.random(n_deals) < 1 / (1 + np.exp(-score))
    values[rng.random(values.shape) < 0.05] = -1
    ids = [f"d{i:06d}" for i in range(n_deals)]
    deals = [
        Deal(
            deal_id,
            "won" if won[i] else "lost",
            account_id=f"a{i // 2}",
            owner=f"rep {i % 7}",
            attributes={"segment": "abc"[segment[i]]},
        )
        for i, deal_id in enumerate(ids)
    ]
    return table_from_values(ids, [f"t{j:05d}" for j in range(n_traits)], values), deals


def time_measure(n_deals: int, n_traits: int, target_s: float) -> None:
    """Time the whole measurement."""
    table, deals = make_data(n_deals, n_traits)
    wall, cpu = time.perf_counter(), time.process_time()
    measurement = measure(table, deals, EvidenceConfig())
    wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
    proven = sum(f.verdict == "proven" for f in measurement.findings)
    print(
        f"measure {n_deals} deals x {n_traits} traits: {wall:.2f} s wall, {cpu:.2f} s CPU "
        f"(target {target_s:.0f} s); {proven} proven"
    )


def time_loop() -> None:
    """Time the same tests as a loop and as matrix products."""
    from scipy.stats import fisher_exact
    from statsmodels.stats.contingency_tables import StratifiedTable

    table, deals = make_data(500, 400)
    won = np.array([deal.outcome == "won" for deal in deals])
    strata = np.array(["abc".index(str(deal.attributes["segment"])) for deal in deals])
    started = time.process_time()
    cells = count_cells(table.values, won, strata)
    fisher_mid_p(cells)
    _, p_cmh = cochran_mantel_haenszel(cells)
    stratified_effect(cells)
    ours = (time.process_time() - started) / table.values.shape[1]
    started = time.process_time()
    worst = 0.0
    for j in range(LOOPED_TRAITS):
        column = table.values[:, j]
        tables = []
        for k in range(3):
            inside = strata == k
            tables.append(
                [
                    [int((won & inside & (column == value)).sum()) for value in (1, 0)],
                    [int((~won & inside & (column == value)).sum()) for value in (1, 0)],
                ]
            )
        fisher_exact(np.sum(tables, axis=0))
        reference = StratifiedTable([np.array(t, dtype=float) for t in tables])
        worst = max(worst, abs(reference.test_null_odds(correction=False).pvalue - p_cmh[j]))
        reference.oddsratio_pooled_confint()
    loop = (time.process_time() - started) / LOOPED_TRAITS
    print(
        f"tests of one trait: loop {loop * 1e3:.2f} ms, here {ours * 1e3:.3f} ms: "
        f"{loop / ours:.0f} times faster (target 20); largest difference of p {worst:.1e}"
    )


def main() -> None:
    """Run the benchmark."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--large", action="store_true", help="also 20,000 deals x 2,000 traits")
    arguments = parser.parse_args()
    time_measure(500, 400, 10)
    time_loop()
    if arguments.large:
        time_measure(20_000, 2_000, 120)


if __name__ == "__main__":
    main()
