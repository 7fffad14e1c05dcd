"""The sidecar calls.csv."""

from datetime import date
from pathlib import Path

import pytest

from icp_voice.config import IngestConfig
from icp_voice.errors import DealsFileError
from icp_voice.ingest.calls import read_calls
from icp_voice.records import Participant


def write(tmp_path: Path, text: str) -> Path:
    path = tmp_path / "calls.csv"
    path.write_text(text, encoding="utf-8")
    return path


def test_row_has_deal_date_and_attendees(tmp_path: Path) -> None:
    """A full row gives the deal, the day, and people with title and side."""
    path = write(
        tmp_path,
        "file,deal_id,date,attendees\n"
        "recordings\\a.ogg,D-1,2025-03-04,"
        '"Ann Lee | AE | seller; Bo Ek | CFO | buyer; Cy (IT) <buyer>"\n'
        "b.vtt,,,\n",
    )
    first, second = read_calls(path, IngestConfig())
    assert (first.file, first.deal_id, first.called_on) == (
        "recordings/a.ogg",
        "D-1",
        date(2025, 3, 4),
    )
    assert first.participants == (
        Participant("Ann Lee", "seller", "AE"),
        Participant("Bo Ek", "buyer", "CFO"),
        Participant("Cy", "buyer", "IT"),
    )
    assert (second.deal_id, second.called_on, second.participants) == (None, None, ())


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("deal_id,date\nD-1,2025-01-01\n", "no column for the file"),
        ("file,date\na.ogg,2025-14-01\n", 'row 2: date "2025-14-01" is not a date'),
        ("file,date\na.ogg,03/04/2025\n", "date_order"),
        ("file,attendees\na.ogg,Ann | AE | boss\n", "side 'boss' is not buyer or seller"),
        ("file,deal_id\na.ogg,D-1\na.ogg,D-2\n", "row 3: a.ogg has an earlier row"),
    ],
)
def test_wrong_rows_are_named(tmp_path: Path, text: str, expected: str) -> None:
    """What is wrong is said in one sentence with its row."""
    with pytest.raises(DealsFileError, match=r"calls\.csv") as caught:
        read_calls(write(tmp_path, text), IngestConfig())
    assert expected in str(caught.value)
