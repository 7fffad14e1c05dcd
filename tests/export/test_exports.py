import csv
import json
import os
import random
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from icp_voice.errors import ExportError
from icp_voice.export.columns import COLUMNS, QUOTE_CHARS
from icp_voice.export.exports import EXPORT_NAMES, write_exports
from icp_voice.files import write_atomically
from icp_voice.records import DealSignals, Quote, Signal
from icp_voice.results import Analysis

Place = Callable[..., tuple[Signal, Quote]]

GOLDEN = Path(__file__).parents[1] / "golden" / "export"


def _rows(path: Path, encoding: str = "utf-8") -> list[dict[str, str]]:
    with path.open(encoding=encoding, newline="") as file:
        return list(csv.DictReader(file))


def _saying(analysis: Analysis, place: Place, text: str) -> Analysis:
    signal = place("pain", "manual_work", text, speaker=text)
    return replace(analysis, deal_signals=(DealSignals("D1", 1, None, (signal,), ()),))


@pytest.mark.parametrize("name", EXPORT_NAMES)
def test_exports_are_as_reviewed(analysis: Analysis, tmp_path: Path, name: str) -> None:
    """Byte for byte the files that were looked at; UPDATE_GOLDENS=1 writes them anew."""
    write_exports(analysis, tmp_path)
    if os.environ.get("UPDATE_GOLDENS"):
        (GOLDEN / name).write_bytes((tmp_path / name).read_bytes())
    assert (tmp_path / name).read_bytes() == (GOLDEN / name).read_bytes()


def test_the_order_of_records_does_not_matter(analysis: Analysis, tmp_path: Path) -> None:
    """Deals and scores in another order give the same CRM files."""
    write_exports(analysis, tmp_path / "one")
    deals, scores = list(analysis.deals), list(analysis.scores)
    random.Random(1).shuffle(deals)
    shuffled = replace(analysis, deals=tuple(deals), scores=tuple(reversed(scores)))
    write_exports(shuffled, tmp_path / "two")
    for name in EXPORT_NAMES:
        assert (tmp_path / "one" / name).read_bytes() == (tmp_path / "two" / name).read_bytes()


def test_hubspot_file_reads_back(analysis: Analysis, tmp_path: Path) -> None:
    """What was written is what an importer reads: key, numbers, line breaks, quotes."""
    write_exports(analysis, tmp_path)
    first, second = _rows(tmp_path / "hubspot.csv")
    assert (first["Record ID"], first["icp_score"], first["icp_tier"]) == ("D1", "72", "A")
    assert first["icp_pains"] == "Work is done by hand: Olena (operations), Ivan, 2 times"
    assert "“Send it by Friday.” (2026-03-09, d1-second.vtt, 1:02:05)" in first["icp_key_moments"]
    assert second["icp_calls"] == "0"
    assert second["icp_pains"] == ""


def test_every_column_has_a_property_definition(analysis: Analysis, tmp_path: Path) -> None:
    """The header is the record's key and, for each other column, a property to create."""
    write_exports(analysis, tmp_path)
    header = list(_rows(tmp_path / "hubspot.csv")[0])
    definitions = json.loads((tmp_path / "hubspot-properties.json").read_text(encoding="utf-8"))
    assert header == ["Record ID", *(d["name"] for d in definitions["inputs"])]
    assert [d["fieldType"] for d in definitions["inputs"] if d["name"] == "icp_tier"] == ["select"]
    assert len({column.label for column in COLUMNS}) == len(COLUMNS)


def test_review_file_runs_nothing(analysis: Analysis, place: Place, tmp_path: Path) -> None:
    """Names and quotes that are formulas are defused for people, and left alone for the CRM."""
    formula = '=HYPERLINK("http://evil")'
    analysis = replace(_saying(analysis, place, formula), statements={"pain/manual_work": formula})
    write_exports(analysis, tmp_path)
    for row in _rows(tmp_path / "review.csv", "utf-8-sig"):
        assert not any(cell.lstrip().startswith(("=", "+", "-", "@")) for cell in row.values())
    assert _rows(tmp_path / "review.csv", "utf-8-sig")[1]["Name"].startswith("'=cmd")
    assert _rows(tmp_path / "hubspot.csv")[0]["icp_pains"].startswith("=HYPERLINK")


def test_review_file_has_open_deals_first(analysis: Analysis, tmp_path: Path) -> None:
    """What can still be won stands on top, whatever its score."""
    hot = replace(analysis.scores[1], deal_id="D3", score=99, excluded_by=())
    write_exports(replace(analysis, scores=(*analysis.scores, hot)), tmp_path)
    rows = _rows(tmp_path / "review.csv", "utf-8-sig")
    assert [row["Deal"] for row in rows] == ["D1", "D3", "D2"]


def test_long_quotes_are_cut_at_a_word(analysis: Analysis, place: Place, tmp_path: Path) -> None:
    """A monologue does not fill the CRM; the cut is marked."""
    write_exports(_saying(analysis, place, "manual " * 400), tmp_path)
    moments = _rows(tmp_path / "hubspot.csv")[0]["icp_key_moments"]
    assert "manual…”" in moments
    assert len(moments) < QUOTE_CHARS + 200


@pytest.mark.parametrize(
    "text", ['a "quoted", word', "line\nbreak", "; | \\ 'x'", "ĄЇ漢🙂\x00\x07"]
)
def test_awkward_speech_survives_both_tables(
    analysis: Analysis, place: Place, tmp_path: Path, text: str
) -> None:
    """Separators, quotes, breaks and any alphabet read back; control characters are dropped."""
    write_exports(_saying(analysis, place, text), tmp_path)
    expected = " ".join(text.rstrip("\x00\x07").split())
    for name, encoding, column in (
        ("hubspot.csv", "utf-8", "icp_key_moments"),
        ("review.csv", "utf-8-sig", "Key moments"),
    ):
        assert f"“{expected}”" in _rows(tmp_path / name, encoding)[0][column]


def test_every_criterion_can_be_followed_to_its_second(analysis: Analysis, tmp_path: Path) -> None:
    """Criterion -> finding -> quote -> call, and deal -> score part -> the same quote."""
    write_exports(analysis, tmp_path)
    content = json.loads((tmp_path / "deals.json").read_text(encoding="utf-8"))
    assert (content["schema"], content["schema_version"]) == ("icp-voice/deals", 1)
    assert content["profile_name"] == "Sample (synthetic sample data)"
    (criterion,) = content["profile"]["criteria"]
    assert criterion["finding"]["present_won"] == 30
    assert criterion["finding"]["interval_90"]["high"] is None
    (quote,) = criterion["quotes"]
    calls = {call["call_id"]: call for call in content["calls"]}
    assert calls[quote["call_id"]]["call"] == "d1-first.wav"
    assert quote["start_s"] == 30
    assert content["deals"][0]["score"]["parts"][0]["quote"] == quote
    assert {s["quote"]["call_id"] for s in content["deals"][0]["signals"]} <= calls.keys()


def test_what_could_not_be_used_is_listed(analysis: Analysis, tmp_path: Path) -> None:
    """Unmatched calls, failed files and rejected rows are in the file with their reasons."""
    write_exports(analysis, tmp_path)
    not_used = json.loads((tmp_path / "deals.json").read_text(encoding="utf-8"))["not_used"]
    assert not_used["failed_inputs"][0]["reason"] == "is a text file"
    assert not_used["rejected_rows"][0]["row"] == 41
    assert not_used["unmatched_calls"][0]["deal_id"] is None


def test_a_file_in_place_of_the_folder_is_a_clear_error(analysis: Analysis, tmp_path: Path) -> None:
    """The sentence names the folder and what to do."""
    (tmp_path / "exports").write_text("", encoding="utf-8")
    with pytest.raises(ExportError, match=r"can't be written .*make the folder writable"):
        write_exports(analysis, tmp_path / "exports")


def test_a_failed_write_leaves_the_old_file_and_no_litter(tmp_path: Path) -> None:
    """A target that can't be replaced keeps what it was; no temporary file stays."""
    target = tmp_path / "deals.json"
    target.mkdir()
    (target / "kept").write_text("old", encoding="utf-8")
    with pytest.raises(ExportError, match="can't be written") as raised:
        write_atomically(target, "new")
    assert raised.value.path == target
    assert [path.name for path in tmp_path.iterdir()] == ["deals.json"]
    assert (target / "kept").read_text(encoding="utf-8") == "old"
