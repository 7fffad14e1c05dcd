"""From findings to a profile."""

from dataclasses import replace

import numpy as np
import pytest

from icp_voice.config import EvidenceConfig, IcpConfig
from icp_voice.evidence.measure import measure
from icp_voice.evidence.traits import TraitTable, table_from_values
from icp_voice.icp.criteria import propose
from icp_voice.icp.joint import correlation, joint_log_odds
from icp_voice.records import Deal, Quote
from icp_voice.results import Finding, Measurement, Profile

FAST = EvidenceConfig(permutations=49, stability_pairs=10, stratify_by="")


def example(n: int = 240, *, seed: int = 3) -> tuple[TraitTable, list[Deal]]:
    """Make traits of every kind a profile knows, and noise."""
    rng = np.random.default_rng(seed)
    won = rng.random(n) < 0.4
    manual = rng.random(n) < np.where(won, 0.93, 0.3)
    columns = {
        "pain/manual_work": manual,
        "tool/excel": manual ^ (rng.random(n) < 0.05),
        "trigger/new_leader": rng.random(n) < np.where(won, 0.55, 0.2),
        "attribute/industry=retail": rng.random(n) < np.where(won, 0.6, 0.2),
        "objection/budget": rng.random(n) < np.where(won, 0.02, 0.45),
        "objection/timing": rng.random(n) < np.where(won, 0.25, 0.55),
        "tool/noise": np.arange(n) % 3 == 0,
    }
    deals = [
        Deal(f"d{i:03d}", "won" if hit else "lost", account_id=f"a{i // 2}")
        for i, hit in enumerate(won.tolist())
    ]
    values = np.stack(list(columns.values()), axis=1).astype(np.int8)
    return table_from_values([d.deal_id for d in deals], list(columns), values), deals


def quotes_of(table: TraitTable, n: int = 4) -> dict[str, tuple[Quote, ...]]:
    """Make quotes for every trait."""
    return {
        trait: tuple(Quote(f"c{k}", f"c{k}.vtt", None, "Ann", trait, k, k + 1) for k in range(n))
        for trait in table.traits
    }


@pytest.fixture(scope="module")
def proposed() -> Profile:
    """Return the profile of the example."""
    table, deals = example()
    measurement = measure(table, deals, FAST)
    statements = {"pain/manual_work": "Work is done by hand"}
    return propose(
        measurement,
        table,
        deals,
        quotes=quotes_of(table),
        statements=statements,
        config=IcpConfig(),
    )


def test_kinds_follow_the_rules(proposed: Profile) -> None:
    """Nearly all wins: must-have; proven: nice-to-have; with losses: exclude or warning."""
    assert {c.trait: c.kind for c in proposed.criteria} == {
        "pain/manual_work": "must_have",
        "trigger/new_leader": "nice_to_have",
        "attribute/industry=retail": "nice_to_have",
        "objection/budget": "exclude",
        "objection/timing": "warning",
    }
    assert sum(c.points for c in proposed.criteria) == 100
    assert all(
        (c.points > 0) == (c.kind in ("must_have", "nice_to_have")) for c in proposed.criteria
    )
    assert proposed.criteria[0].kind == "must_have"


def test_correlated_traits_are_one_criterion_that_names_the_others(proposed: Profile) -> None:
    """Excel says the same as manual work, so it is folded in and said."""
    first = proposed.criteria[0]
    assert first.statement == "Work is done by hand"
    assert first.folded_traits == ("tool/excel",)
    assert "Goes together with: Tool: excel" in first.caveats[0]


def test_excludes_say_that_they_need_approval(proposed: Profile) -> None:
    """An exclude is a proposal; a warning says why it is no exclude."""
    by_kind = {c.kind: c for c in proposed.criteria}
    assert any("needs your approval" in caveat for caveat in by_kind["exclude"].caveats)
    assert any(caveat.startswith("A warning, no exclude") for caveat in by_kind["warning"].caveats)


def test_three_quotes_are_shown_and_attributes_need_none(proposed: Profile) -> None:
    """Criteria heard on calls show three quotes."""
    assert [len(c.quotes) for c in proposed.criteria if c.trait.startswith("pain/")] == [3]
    table, deals = example()
    measurement = measure(table, deals, FAST)
    silent = propose(
        measurement, table, deals, quotes=quotes_of(table, 2), statements={}, config=IcpConfig()
    )
    assert [c.trait for c in silent.criteria] == ["attribute/industry=retail"]
    assert any("heard in 2 quotes only (3 needed" in warning for warning in silent.warnings)


def test_tiers_carry_their_record_and_reach(proposed: Profile) -> None:
    """Closed deals by tier, and how many accounts match."""
    assert [record.tier for record in proposed.tiers] == ["A", "B", "C"]
    assert sum(record.n_deals for record in proposed.tiers) == 240
    assert proposed.tiers_separable
    assert "accounts match" in proposed.notes[0]
    assert any("learnt from" in warning for warning in proposed.warnings)


def test_at_most_seven_criteria_and_the_rest_is_named() -> None:
    """Ten proven traits: seven become criteria, the others are named."""
    rng = np.random.default_rng(6)
    won = rng.random(900) < 0.4
    values = (rng.random((900, 12)) < np.where(won, 0.55, 0.25)[:, None]).astype(np.int8)
    deals = [Deal(f"d{i:03d}", "won" if w else "lost") for i, w in enumerate(won.tolist())]
    traits = [f"attribute/x{k:02d}=1" for k in range(12)]
    table = table_from_values([d.deal_id for d in deals], traits, values)
    measurement = measure(table, deals, FAST)
    forced = replace(
        measurement, findings=tuple(replace(f, verdict="proven") for f in measurement.findings)
    )
    profile = propose(forced, table, deals, quotes={}, statements={}, config=IcpConfig())
    assert len(profile.criteria) == 7
    assert sum(c.points for c in profile.criteria) == 100
    assert any("beyond 7 criteria" in warning for warning in profile.warnings)


def test_few_deals_give_a_profile_without_criteria_that_says_so() -> None:
    """Not enough data is a proper answer."""
    table, deals = example(16)
    measurement = measure(table, deals, FAST)
    profile = propose(
        measurement, table, deals, quotes=quotes_of(table), statements={}, config=IcpConfig()
    )
    assert profile.criteria == ()
    assert profile.warnings[0].startswith("Not enough data for a profile: 16 closed deals")


def test_nothing_proven_names_what_came_nearest() -> None:
    """Without proof there is no criterion, only the nearest traits."""
    table, deals = example()
    measurement = measure(table, deals, FAST)

    def demote(finding: Finding) -> Finding:
        return replace(finding, verdict="promising" if finding.verdict == "proven" else "noise")

    weaker: Measurement = replace(
        measurement, findings=tuple(demote(f) for f in measurement.findings)
    )
    profile = propose(
        weaker, table, deals, quotes=quotes_of(table), statements={}, config=IcpConfig()
    )
    assert profile.criteria == ()
    assert "Nearest:" in profile.warnings[0]


def test_wording_never_claims_a_cause(proposed: Profile) -> None:
    """Traits go with wins; nothing causes, drives or leads to anything."""
    said = " ".join(
        [*proposed.warnings, *proposed.notes]
        + [text for c in proposed.criteria for text in (*c.caveats, *c.finding.reasons)]
    ).casefold()
    assert not [word for word in ("cause", "drives", "leads to", "because of") if word in said]
    assert "goes with" in said


def test_joint_model_is_the_normal_prior() -> None:
    """The coefficients maximise the likelihood with N(0, .75^2), and twins share their effect."""
    rng = np.random.default_rng(4)
    x = rng.random(400) < 0.5
    won = rng.random(400) < np.where(x, 0.7, 0.3)
    alone = joint_log_odds(x[:, None].astype(np.int8), won, np.zeros(400, int))
    twins = joint_log_odds(np.stack([x, x], axis=1).astype(np.int8), won, np.zeros(400, int))
    assert alone[0] == pytest.approx(np.log(0.7 / 0.3) * 2, abs=0.5)
    assert twins[0] == pytest.approx(twins[1], abs=1e-4)
    assert alone[0] < twins.sum() < 2 * alone[0]


def test_correlation_is_pearsons_phi_over_known_deals() -> None:
    """Unknown deals are left out pair by pair."""
    values = np.array([[1, 1], [1, 0], [0, 0], [0, 0], [-1, 1], [1, 1]], dtype=np.int8)
    known = values[values[:, 0] >= 0].astype(float)
    wanted = np.corrcoef(known.T)[0, 1]
    assert correlation(values, [0, 1])[0, 1] == pytest.approx(wanted)
