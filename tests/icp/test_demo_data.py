"""The synthetic demo deals: what was planted comes out, what was not does not."""

import csv
import json
from pathlib import Path

import pytest

from icp_voice.config import Config, IngestConfig, load_config
from icp_voice.evidence.measure import measure
from icp_voice.evidence.trait_files import read_traits
from icp_voice.evidence.traits import TraitTable
from icp_voice.icp.criteria import propose
from icp_voice.ingest.deals import read_deals
from icp_voice.records import Deal, Quote
from icp_voice.results import Measurement, Profile

Demo = tuple[TraitTable, tuple[Deal, ...], Config, dict[str, list[dict[str, str]]]]


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Demo:
    """Read the demo's deals, true first-call traits, configuration and what was planted."""
    sample = Path(__file__).parents[2] / "sample_audio"
    deals = tuple(read_deals(sample / "workspace" / "deals.csv", IngestConfig()).deals)
    source = sample / "reference" / "true_traits.csv"
    with source.open(encoding="utf-8", newline="") as lines:
        rows = list(csv.DictReader(lines))
    for row in rows:
        for column in ("outcome", "segment", "owner"):
            row.pop(column)
    path = tmp_path_factory.mktemp("demo") / "traits.csv"
    with path.open("w", encoding="utf-8", newline="") as lines:
        writer = csv.DictWriter(lines, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)
    planted = json.loads((sample / "planted.json").read_text(encoding="utf-8"))
    return (
        read_traits(path, deals),
        deals,
        load_config(sample / "workspace/icp-voice.toml"),
        planted,
    )


@pytest.fixture(scope="module")
def measured(demo: Demo) -> Measurement:
    """Measure the demo with its own configuration."""
    table, deals, config, _ = demo
    return measure(table, deals, config.evidence)


@pytest.fixture(scope="module")
def profile(demo: Demo, measured: Measurement) -> Profile:
    """Propose a profile with quotes for every trait."""
    table, deals, config, _ = demo
    quotes = {
        trait: tuple(Quote(f"c{k}", f"c{k}", None, "Ann", trait, 1, 2) for k in range(3))
        for trait in table.traits
    }
    return propose(measured, table, deals, quotes=quotes, statements={}, config=config.icp)


def names(demo: Demo, *kinds: str) -> set[str]:
    """Return the traits planted as one of these kinds."""
    return {entry["trait"] for kind in kinds for entry in demo[3][kind]}


def test_planted_traits_are_the_criteria(demo: Demo, profile: Profile) -> None:
    """Each planted trait is a criterion or folded into one, and the red flag is no plus."""
    shown = {c.trait for c in profile.criteria}
    folded = {trait for c in profile.criteria for trait in c.folded_traits}
    assert names(demo, "planted", "exclude") <= shown | folded
    assert len(profile.criteria) <= 7
    negative = {c.trait for c in profile.criteria if c.kind in ("exclude", "warning")}
    assert negative == names(demo, "exclude")
    assert sum(c.points for c in profile.criteria) == 100


def test_absent_and_biased_traits_are_not_proven(demo: Demo, measured: Measurement) -> None:
    """Neither noise nor what stands for segment, calls or the decision."""
    proven = {f.trait for f in measured.findings if f.verdict == "proven"}
    assert not proven & names(demo, "absent", "confounded", "exposure", "leaky")


def test_must_haves_are_the_planted_ones(demo: Demo, profile: Profile) -> None:
    """Nearly every won deal has them, alone or by what is said with them."""
    musts = [c for c in profile.criteria if c.kind == "must_have"]
    assert {t for c in musts for t in (c.trait, *c.folded_traits)} >= set(demo[3]["must_have"])


def test_tiers_of_the_demo_are_separable(profile: Profile) -> None:
    """Win rates fall from A to C."""
    assert profile.tiers_separable
