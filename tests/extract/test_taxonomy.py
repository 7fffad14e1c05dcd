"""Reading the YAML: what is accepted, and how a mistake is named."""

from pathlib import Path

import pytest

from icp_voice.config import ExtractConfig
from icp_voice.errors import TaxonomyError
from icp_voice.extract.extractor import load_extractor
from icp_voice.extract.taxonomy import load_taxonomy, read_kind
from tests.extract.conftest import make_call

OWN = """\
kind: tracker
description: Our own.
topics:
  solar_roof:
    statement: They have a solar roof
    patterns:
      en:
        - solar (roof|panel)
"""


def test_shipped_taxonomy_has_every_kind() -> None:
    """All kinds of the contract are there."""
    kinds = {kind.kind for kind in load_taxonomy().kinds}
    assert kinds == {
        "pain", "objection", "trigger", "tool", "competitor", "metric", "process", "question",
        "stakeholder",
    }  # fmt: skip


def test_own_folder_adds_a_kind(tmp_path: Path) -> None:
    """A user's file adds a kind of its own, found and stated like the shipped ones."""
    (tmp_path / "tracker.yaml").write_text(OWN, encoding="utf-8")
    extractor = load_extractor(ExtractConfig(taxonomy=(str(tmp_path),), classifier=False))
    signals = extractor.extract(make_call("B: We put solar panels on it.")).signals
    assert [f"{s.kind}/{s.topic}" for s in signals] == ["tracker/solar_roof"]
    assert extractor.statements["tracker/solar_roof"] == "They have a solar roof"
    assert extractor.key != load_extractor(ExtractConfig(classifier=False)).key


@pytest.mark.parametrize(
    ("old", "new", "complaint"),
    [
        (
            "statement:",
            "statment:",
            r"tracker.yaml line 5, solar_roof: unknown key 'statment', did",
        ),
        ("      en:", "      de:", r"line 8, solar_roof: unknown language 'de'"),
        ("kind: tracker", "kind: [x", r"not valid YAML"),
        ("solar_roof:", "Solar Roof:", r"code is lower-case"),
        ("kind: tracker\n", "", r"kind is missing"),
    ],
)
def test_mistake_is_named_with_file_and_line(
    tmp_path: Path, old: str, new: str, complaint: str
) -> None:
    """A file that does not follow the schema is refused with file, line and topic."""
    path = tmp_path / "tracker.yaml"
    path.write_text(OWN.replace(old, new), encoding="utf-8")
    with pytest.raises(TaxonomyError, match=complaint):
        read_kind(path)


def test_pattern_with_a_mistake_is_named_with_its_line(tmp_path: Path) -> None:
    """A pattern that can't be compiled says where it stands."""
    (tmp_path / "tracker.yaml").write_text(OWN.replace("(roof|", "(roof"), encoding="utf-8")
    text = OWN.replace("(roof|panel)", "(roof|panel")
    (tmp_path / "tracker.yaml").write_text(text, encoding="utf-8")
    with pytest.raises(TaxonomyError, match=r"tracker.yaml line 8, solar_roof: pattern"):
        load_extractor(ExtractConfig(taxonomy=(str(tmp_path),), classifier=False), languages=["en"])


def test_folder_that_is_not_there(tmp_path: Path) -> None:
    """A folder of own trackers that does not exist is an error that names it."""
    with pytest.raises(TaxonomyError, match="not a folder"):
        load_taxonomy([tmp_path / "nowhere"])
