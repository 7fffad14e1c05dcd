"""The whole measurement: planted effects come out, noise and biases do not."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta
from itertools import pairwise

import numpy as np
import pytest

from icp_voice.config import EvidenceConfig
from icp_voice.errors import EvidenceError
from icp_voice.evidence.measure import measure
from icp_voice.evidence.observations import table_from_observations
from icp_voice.evidence.output import to_json
from icp_voice.evidence.traits import TraitTable, table_from_values
from icp_voice.records import Deal
from icp_voice.results import Finding, Measurement

FAST = EvidenceConfig(permutations=99, stability_pairs=10)


def make_deals(won: Sequence[bool], **columns: Sequence[str]) -> list[Deal]:
    """Make closed deals d000, d001, ... with CRM columns (`owner` is the deal's own)."""
    owner = columns.pop("owner", None)
    return [
        Deal(
            f"d{i:03d}",
            "won" if hit else "lost",
            owner=None if owner is None else owner[i],
            attributes={name: texts[i] for name, texts in columns.items()},
        )
        for i, hit in enumerate(won)
    ]


def make_table(columns: dict[str, np.ndarray]) -> TraitTable:
    """Make an undated table of d000, d001, ..."""
    values = np.stack([np.asarray(c) for c in columns.values()], axis=1).astype(np.int8)
    return table_from_values([f"d{i:03d}" for i in range(len(values))], list(columns), values)


def finding_of(measurement: Measurement, trait: str) -> Finding:
    """Return one trait's finding."""
    return next(f for f in measurement.findings if f.trait == trait)


def planted(n: int, *, seed: int = 1, n_noise: int = 12) -> tuple[TraitTable, list[Deal]]:
    """Two traits that go with winning, one with losing, and noise."""
    rng = np.random.default_rng(seed)
    won = rng.random(n) < 0.4
    columns = {
        "pain/excel": rng.random(n) < np.where(won, 0.75, 0.25),
        "trigger/leader": rng.random(n) < np.where(won, 0.55, 0.15),
        "objection/budget": rng.random(n) < np.where(won, 0.05, 0.5),
    }
    for k in range(n_noise):
        columns[f"tool/noise{k:02d}"] = rng.random(n) < 0.3
    segment = rng.choice(["large", "mid", "small"], n).tolist()
    return make_table(columns), make_deals(won.tolist(), segment=segment)


def test_planted_effects_are_proven_and_noise_is_not() -> None:
    """Both directions come out, with an expected effect inside its interval and a reason."""
    table, deals = planted(200)
    measurement = measure(table, deals, FAST)
    proven = {f.trait for f in measurement.findings if f.verdict == "proven"}
    assert proven == {"pain/excel", "trigger/leader", "objection/budget"}
    excel = finding_of(measurement, "pain/excel")
    assert excel.interval_90 is not None
    assert excel.odds_ratio_shrunken is not None
    assert 1 < excel.interval_90.low < excel.odds_ratio_shrunken < excel.interval_90.high
    assert excel.reasons[0].startswith("Goes with winning")
    assert "Won with it:" in excel.reasons[1]
    assert measurement.findings[0].verdict == "proven"
    assert measurement.stratified_by == "segment"
    assert any("noise alone would give about" in w for w in measurement.warnings)


@pytest.mark.parametrize("seed", range(8))
def test_pure_noise_proves_nothing(seed: int) -> None:
    """Shuffled outcomes: no trait is proven, and the result says what noise gives."""
    rng = np.random.default_rng(seed)
    table, deals = planted(90, seed=seed, n_noise=40)
    won = rng.permutation([deal.outcome for deal in deals])
    shuffled = [replace(d, outcome=o) for d, o in zip(deals, won.tolist(), strict=True)]
    measurement = measure(table, shuffled, FAST)
    assert not [f.trait for f in measurement.findings if f.verdict == "proven"]


@pytest.mark.parametrize("n_traits", [1, 60])
def test_six_wins_of_six_are_never_proven(n_traits: int) -> None:
    """However many other traits there are, six deals prove nothing."""
    rng = np.random.default_rng(2)
    won = np.arange(120) < 30
    columns = {"lucky": np.arange(120) < 6}
    for k in range(n_traits - 1):
        columns[f"noise{k:02d}"] = rng.random(120) < np.where(won, 0.6, 0.2 if k < 9 else 0.6)
    measurement = measure(make_table(columns), make_deals(won.tolist()), FAST)
    assert finding_of(measurement, "lucky").present_won == 6
    assert finding_of(measurement, "lucky").verdict != "proven"


def test_trait_that_only_stands_for_the_segment_is_biased() -> None:
    """Enterprise deals are won more and use SAP more: inside segments nothing is left."""
    rng = np.random.default_rng(5)
    large = rng.random(300) < 0.5
    won = rng.random(300) < np.where(large, 0.7, 0.2)
    sap = rng.random(300) < np.where(large, 0.7, 0.1)
    segment = np.where(large, "large", "small").tolist()
    deals = make_deals(won.tolist(), segment=segment)
    found = finding_of(measure(make_table({"tool/sap": sap}), deals, FAST), "tool/sap")
    assert found.p_value is not None
    assert found.p_value < 0.001
    assert found.verdict == "biased"
    assert "Inside each segment the difference falls" in found.reasons[0]
    blind = measure(make_table({"tool/sap": sap}), deals, replace(FAST, stratify_by=""))
    assert blind.stratified_by is None
    assert finding_of(blind, "tool/sap").p_stratified is None


def test_berkeley_is_not_proven_inside_departments() -> None:
    """The published reversal: men are admitted more over all, not inside departments."""
    counts = [
        ("A", 512, 313, 89, 19),
        ("B", 353, 207, 17, 8),
        ("C", 120, 205, 202, 391),
        ("D", 138, 279, 131, 244),
        ("E", 53, 138, 94, 299),
        ("F", 22, 351, 24, 317),
    ]
    won: list[bool] = []
    man: list[int] = []
    department: list[str] = []
    for name, a, b, c, d in counts:
        won += [True] * a + [False] * b + [True] * c + [False] * d
        man += [1] * (a + b) + [0] * (c + d)
        department += [name] * (a + b + c + d)
    deals = [
        Deal(f"d{i:04d}", "won" if w else "lost", attributes={"department": department[i]})
        for i, w in enumerate(won)
    ]
    values = np.array(man, dtype=np.int8)[:, None]
    table = table_from_values([d.deal_id for d in deals], ["man"], values)
    found = measure(table, deals, replace(FAST, stratify_by="department")).findings[0]
    assert found.verdict == "biased"
    assert found.odds_ratio == pytest.approx(1.84, abs=0.01)
    assert found.odds_ratio_stratified == pytest.approx(0.905, abs=0.01)
    assert found.p_stratified == pytest.approx(0.217, abs=0.001)


def test_trait_of_one_rep_is_biased() -> None:
    """A rep who wins more and asks more: inside each rep's deals nothing is left."""
    rng = np.random.default_rng(8)
    rep = rng.integers(0, 4, 400)
    won = rng.random(400) < np.where(rep == 0, 0.8, 0.25)
    asked = rng.random(400) < np.where(rep == 0, 0.8, 0.15)
    deals = make_deals(won.tolist(), owner=[f"rep {k}" for k in rep])
    found = measure(make_table({"pain/asked": asked}), deals, FAST).findings[0]
    assert found.verdict == "biased"
    assert "each sales rep's deals" in found.reasons[0]


def dated_example() -> tuple[TraitTable, list[Deal]]:
    """Won deals have more calls; a trait is said per call, or only near the end."""
    rng = np.random.default_rng(11)
    start = date(2025, 1, 6)
    deals, rows = [], []
    for i in range(240):
        won = bool(rng.random() < 0.45)
        n_calls = 1 + int(rng.poisson(3 if won else 1))
        days = [start + timedelta(days=21 * k) for k in range(n_calls)]
        closed = days[-1] + timedelta(days=20)
        deal_id = f"d{i:03d}"
        deals.append(Deal(deal_id, "won" if won else "lost", first_call_on=start, closed_on=closed))
        for day in days:
            rows.append((deal_id, "per_call", int(rng.random() < 0.3), day))
            rows.append((deal_id, "near_end", 0, day))
        if rng.random() < (0.6 if won else 0.1):
            rows.append((deal_id, "near_end", 1, closed - timedelta(days=3)))
    ids, traits, values, days_known = zip(*rows, strict=True)
    table = table_from_observations(
        ids, traits, values, np.array(days_known, dtype="datetime64[D]"), deals=deals
    )
    return table, deals


def test_trait_that_comes_of_more_calls_is_biased() -> None:
    """Strong over all calls, nothing on the first call."""
    table, deals = dated_example()
    found = finding_of(measure(table, deals, FAST), "per_call")
    assert found.verdict == "biased"
    assert found.reasons[0].startswith("Won deals had 4.5 calls, lost ones 2.0")
    assert "We compare first calls" in found.reasons[0]


def test_trait_that_comes_up_before_the_decision_is_biased() -> None:
    """Talk of the last fortnight may follow from buying, whatever it is called."""
    table, deals = dated_example()
    found = finding_of(measure(table, deals, FAST), "near_end")
    assert found.verdict == "biased"
    assert "last 14 days before the decision" in found.reasons[0]


@pytest.mark.parametrize(
    "trait",
    ["process/approval", "question/contract", "contract_talk", "onboarding", "invoice_sent"],
)
def test_contract_talk_is_biased_however_strong(trait: str) -> None:
    """A trait about the purchase itself is never proven, and says why."""
    won = np.arange(100) < 40
    deals = make_deals(won.tolist())
    found = measure(make_table({trait: won ^ (np.arange(100) % 9 == 0)}), deals, FAST).findings[0]
    assert found.verdict == "biased"
    assert "because they are buying, not the other way round" in found.reasons[0]
    assert found.q_value is None


def test_rare_and_unasked_traits_are_set_aside_before_outcomes() -> None:
    """Fewer than 5 deals with it or without it, or known in under 40 %."""
    won = np.arange(100) < 40
    columns = {
        "rare": np.arange(100) < 4,
        "usual": np.arange(100) >= 3,
        "unasked": np.where(np.arange(100) % 3 == 0, won, -1),
    }
    measurement = measure(make_table(columns), make_deals(won.tolist()), FAST)
    assert [f.verdict for f in measurement.findings] == ["set_aside"] * 3
    reasons = {f.trait: f.reasons[0] for f in measurement.findings}
    assert reasons["rare"].startswith("Only 4 deals have it")
    assert reasons["usual"].startswith("Only 3 deals lack it")
    assert reasons["unasked"].startswith("In 66 of 100 deals it is not known")
    flipped = measure(make_table(columns), make_deals((~won).tolist()), FAST)
    assert {f.trait: f.reasons[0] for f in flipped.findings} == reasons


def test_few_deals_are_described_and_not_ranked() -> None:
    """Seven wins: counts and win rates in alphabetical order, no p-values."""
    table, deals = planted(19)
    measurement = measure(table, deals, FAST)
    assert {f.verdict for f in measurement.findings} == {"set_aside"}
    assert all(f.p_value is None and f.q_value is None for f in measurement.findings)
    assert [f.trait for f in measurement.findings] == sorted(table.traits)
    assert measurement.warnings[0].startswith("Not enough data:")
    assert measurement.expected_by_noise is None


def test_registers_are_corrected_apart() -> None:
    """A hypothesis is not punished for a hundred discoveries."""
    table, deals = planted(120, n_noise=100)
    alone = measure(table, deals, replace(FAST, hypotheses=("trigger/leader",)))
    found = finding_of(alone, "trigger/leader")
    assert found.register == "hypothesis"
    assert found.q_value == found.p_stratified
    among = finding_of(measure(table, deals, FAST), "trigger/leader")
    assert among.q_value is not None
    assert found.q_value is not None
    assert among.q_value > found.q_value


def test_hypotheses_that_are_not_there_are_named() -> None:
    """A name nobody has is a warning with the nearest; more than 20 is an error."""
    table, deals = planted(60)
    measurement = measure(table, deals, replace(FAST, hypotheses=("pain/exel",)))
    assert any("did you mean pain/excel?" in w for w in measurement.warnings)
    many = tuple(f"h{k}" for k in range(21))
    with pytest.raises(EvidenceError, match="20 at most"):
        measure(table, deals, replace(FAST, hypotheses=many))


def test_order_of_deals_and_names_of_traits_change_nothing() -> None:
    """Permuting deals gives the same result, relabelling traits the same figures."""
    table, deals = planted(100)
    usual = measure(table, deals, FAST)
    assert measure(table, deals[::-1], FAST) == usual
    renamed = table_from_values(
        table.deal_ids, [trait + "_2" for trait in table.traits], table.values
    )
    other = measure(renamed, deals, FAST)
    assert [replace(f, trait=f.trait + "_2") for f in usual.findings] == list(other.findings)


def test_one_outcome_only_is_an_error() -> None:
    """Nothing but wins can't be compared."""
    table, deals = planted(40)
    wins = [replace(deal, outcome="won") for deal in deals]
    with pytest.raises(EvidenceError, match="All 40 closed deals are won"):
        measure(table, wins, FAST)
    with pytest.raises(EvidenceError, match="None of the 40 deals is won or lost"):
        measure(table, [replace(deal, outcome="open") for deal in deals], FAST)


def test_ids_that_do_not_fit_are_errors() -> None:
    """A deal twice, or traits of a deal that is not there."""
    table, deals = planted(40)
    with pytest.raises(EvidenceError, match="stand twice: d003"):
        measure(table, [*deals, deals[3]], FAST)
    with pytest.raises(EvidenceError, match="1 deals that the deals file does not have: d039"):
        measure(table, deals[:-1], FAST)


def test_open_deals_are_left_out_and_counted() -> None:
    """Open deals are never lost ones."""
    table, deals = planted(100)
    opened = [replace(d, outcome="open") if i % 5 == 0 else d for i, d in enumerate(deals)]
    measurement = measure(table, opened, FAST)
    assert measurement.n_open == 20
    assert measurement.n_won + measurement.n_lost == 80
    assert any(w.startswith("20 deals are still open") for w in measurement.warnings)


def test_copies_of_deals_are_reported() -> None:
    """Equal in everything but the id, and too much to be chance."""
    table, deals = planted(60)
    facts = [
        replace(d, account_id=f"a{i}", amount=1000.0 + 13 * i, created_on=date(2025, 1, 1 + i % 28))
        for i, d in enumerate(deals)
    ]
    facts[59] = replace(facts[7], deal_id=facts[59].deal_id)
    values = table.values.copy()
    values[59] = values[7]
    copied = table_from_values(table.deal_ids, table.traits, values)
    warned = [w for w in measure(copied, facts, FAST).warnings if "exact copies" in w]
    assert warned
    assert warned[0].startswith("1 closed deals are exact copies")
    assert "d007 = d059" in warned[0]
    assert not [w for w in measure(table, deals, FAST).warnings if "exact copies" in w]


def test_json_follows_the_contract() -> None:
    """Keys, types and order of the public contract."""
    table, deals = planted(80)
    data = to_json(measure(table, deals, FAST))
    assert list(data) == ["n_deals", "n_won", "n_lost", "findings", "warnings"]
    assert data["n_deals"] == 80
    first = data["findings"][0]
    assert list(first) == [
        "trait", "register", "present_won", "present_lost", "absent_won", "absent_lost",
        "unknown", "p_value", "p_stratified", "q_value", "p_max_t", "odds_ratio",
        "odds_ratio_shrunken", "interval_90", "stability", "verdict", "reasons",
    ]  # fmt: skip
    low, high = first["interval_90"]
    assert low <= first["odds_ratio_shrunken"] <= high
    primaries = [f["p_stratified"] for f in data["findings"] if f["verdict"] == "noise"]
    assert all(a <= b for a, b in pairwise(primaries))


def test_trait_of_a_few_accounts_is_biased() -> None:
    """Ten deals with one client count once: fifty deals of two accounts prove nothing."""
    won = np.zeros(200, dtype=bool)
    won[:45] = won[100:130] = True
    held = np.arange(200) < 50
    deals = [
        replace(deal, account_id=f"a{i // 25 if i < 50 else i}")
        for i, deal in enumerate(make_deals(won.tolist()))
    ]
    found = measure(make_table({"pain/x": held}), deals, FAST).findings[0]
    assert found.verdict == "biased"
    assert found.reasons[0] == "Its 50 deals are of 2 accounts only."


def test_presence_alone_can_not_be_compared() -> None:
    """Ones and blanks: blank is unknown, and the result says what is missing."""
    values = np.where(np.arange(60) % 2 == 0, 1, -1)
    measurement = measure(make_table({"x": values}), make_deals([i < 30 for i in range(60)]), FAST)
    assert measurement.findings[0].verdict == "set_aside"
    assert any("Only presence is recorded" in warning for warning in measurement.warnings)


def test_newest_closed_deals_are_called_quick() -> None:
    """Where many deals of a quarter are open, the closed ones are the quick ones."""
    table, deals = planted(100)
    aged = [
        replace(d, created_on=date(2025, 1 + 3 * (i % 4), 5), outcome="open")
        if i % 4 == 3 and i % 8 == 3
        else replace(d, created_on=date(2025, 1 + 3 * (i % 4), 5))
        for i, d in enumerate(deals)
    ]
    warned = [w for w in measure(table, aged, FAST).warnings if "quick ones" in w]
    assert warned == [
        "Of the deals begun in 2025 Q4 many are still open; the 12 that are closed are mostly the "
        "quick ones."
    ]
