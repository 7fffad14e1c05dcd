"""Deals as CRMs export them, and the sentences that refuse them."""

from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from icp_voice.config import IngestConfig
from icp_voice.errors import DealsFileError
from icp_voice.ingest.deals import DealsFile, read_deals
from icp_voice.ingest.deals_words import read_amount


def read(tmp_path: Path, text: str, *, encoding: str = "utf-8", **config: object) -> DealsFile:
    path = tmp_path / "deals.csv"
    path.write_bytes(text.encode(encoding))
    return read_deals(path, IngestConfig(**config))  # type: ignore[arg-type]


def refusal(tmp_path: Path, text: str, **config: object) -> DealsFileError:
    with pytest.raises(DealsFileError) as caught:
        read(tmp_path, text, **config)
    return caught.value


def test_every_field_is_read(tmp_path: Path) -> None:
    """Known headers fill the deal's fields and all other columns become attributes."""
    found = read(
        tmp_path,
        "Deal ID,Deal Stage,Create Date,Close Date,Amount,Company,Deal owner,Segment,Size\n"
        'D-1,Closed Won,2025-01-02,2025-02-03T10:00:00Z,"$12,500.00",Acme,Ann,SMB,\n'
        "D-2,closed lost,2025-01-05,,,,,,50\n",
    )
    won, lost = found.deals
    assert (won.deal_id, won.outcome, won.amount, won.currency) == ("D-1", "won", 12500.0, "USD")
    assert (won.created_on, won.closed_on) == (date(2025, 1, 2), date(2025, 2, 3))
    assert (won.account_id, won.owner) == ("Acme", "Ann")
    assert won.attributes == {"Segment": "SMB", "Size": None}
    assert (lost.outcome, lost.closed_on, lost.amount, lost.account_id) == (
        "lost",
        None,
        None,
        None,
    )


@pytest.mark.parametrize(
    ("text", "encoding"),
    [
        (
            "ID сделки;Этап сделки;Сумма\n7001;Успешно реализовано;12 000,50 ₽\n7002;отказ;\n",
            "utf-8",
        ),
        ("ID сделки;Этап сделки;Сумма\n7001;выиграна;12000,50 руб\n7002;отказ;\n", "cp1251"),
        ("ID угоди\tетап\tсума\n7001\tвиграна\t12 000,50\n7002\tвідмова\t\n", "utf-8-sig"),
        ("ID transakcji;wynik;wartość\n7001;wygrana;12 000,50 zł\n7002;przegrana;\n", "cp1250"),
    ],
)
def test_four_languages_and_their_encodings(tmp_path: Path, text: str, encoding: str) -> None:
    """Headers and outcomes are known in four languages, in the code pages Excel writes."""
    found = read(tmp_path, text, encoding=encoding)
    assert [deal.outcome for deal in found.deals] == ["won", "lost"]
    assert found.deals[0].amount == 12000.5


def test_bad_date_names_row_value_and_accepted_forms(tmp_path: Path) -> None:
    """A date the calendar has not stops the import with one sentence."""
    error = refusal(
        tmp_path, "deal_id,outcome,close_date\nA-1,won,2024-01-02\nA-2,lost,31/13/2024\n"
    )
    assert str(error).startswith('deals.csv row 3: close_date "31/13/2024" is not a date (accepted')
    assert error.rows == (3,)


def test_ambiguous_date_is_refused_unless_settled(tmp_path: Path) -> None:
    """03/04 is an error, until the setting or another row of the column tells the order."""
    text = "deal_id,outcome,closed_at\nA-1,won,03/04/2025\nA-2,lost,2025-01-01\n"
    assert "date_order" in str(refusal(tmp_path, text))
    set_by_hand = read(tmp_path, text, date_order="day_first")
    assert set_by_hand.deals[0].closed_on == date(2025, 4, 3)
    settled = read(tmp_path, text + "A-3,lost,03/25/2025\n")
    assert settled.deals[0].closed_on == date(2025, 3, 4)
    assert any("month first" in note for note in settled.notes)


def test_unknown_outcome_names_rows_and_the_setting(tmp_path: Path) -> None:
    """A stage nobody mapped is an error that says how to map it, and the mapping works."""
    text = "deal_id,stage\nA-1,Won\nA-2,Kicked off\nA-3,lost\n"
    error = refusal(tmp_path, text)
    assert "row 3" in str(error)
    assert "Kicked off" in str(error)
    assert "open_words" in str(error)
    assert read(tmp_path, text, open_words=("kicked off",)).deals[1].outcome == "open"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", "is empty"),
        ("a,b\n1,2\n", "no column for the deal's id"),
        ("deal_id,amount\nA-1,2\n", "no column for the outcome"),
        ("deal_id,outcome\nA-1,open\n", "no closed deal"),
        ("deal_id,outcome\nA-1,won\nA-1,lost\n", "stands in row 2 already with another outcome"),
        ("deal_id,outcome,deal_id\nA-1,won,A-1\n", "stands there twice"),
        ("deal_id,outcome,amount\nA-1,won,plenty\n", 'amount "plenty" is not an amount'),
        ('deal_id,outcome\nA-1,"won\n', "Check the quotes"),
    ],
)
def test_unusable_files_end_in_one_sentence(tmp_path: Path, text: str, expected: str) -> None:
    """Each thing that makes a deals file unusable has its own clear sentence."""
    message = str(refusal(tmp_path, text))
    assert expected in message
    assert "\n" not in message


def test_workbook_is_named_as_such(tmp_path: Path) -> None:
    """An Excel file gets the advice to save it as CSV."""
    path = tmp_path / "deals.xlsx"
    path.write_bytes(b"PK\x03\x04rest")
    with pytest.raises(DealsFileError, match="save the sheet as CSV"):
        read_deals(path, IngestConfig())


def test_rows_are_set_aside_never_dropped(tmp_path: Path) -> None:
    """Rows without an id or outcome, and too long ones, are kept with their reason."""
    found = read(
        tmp_path, "deal_id,outcome\nA-1,won\n,lost\nA-2,\nA-3,lost,x\nA-4,lost\nA-4,lost\n"
    )
    assert [(row.row, row.reason) for row in sorted(found.rejected, key=lambda r: r.row)] == [
        (3, "deal_id is blank"),
        (4, "outcome is blank"),
        (5, "3 values where the header names 2 columns"),
    ]
    assert found.n_duplicates == 1
    assert [deal.deal_id for deal in found.deals] == ["A-1", "A-4"]


def test_one_kind_of_outcome_is_a_note(tmp_path: Path) -> None:
    """Won deals alone can be read, and the note says what is missing."""
    found = read(tmp_path, "deal_id,outcome\nA-1,won\n")
    assert any("no lost deal" in note for note in found.notes)


def test_columns_that_tell_the_outcome_are_no_attributes(tmp_path: Path) -> None:
    """A loss reason would predict losing; it never becomes a trait."""
    found = read(tmp_path, "deal_id,outcome,Stage,Lost reason\nA-1,won,Won,\nA-2,lost,Lost,price\n")
    assert found.deals[1].attributes == {}
    assert any("Lost reason" in note for note in found.notes)


@given(st.floats(min_value=0, max_value=1e9, allow_nan=False))
def test_amount_survives_either_notation(value: float) -> None:
    """An amount written the English or the continental way is the same number."""
    rounded = round(value, 2)
    english = f"${rounded:,.2f}"
    continental = english[1:].replace(",", "\u00a0").replace(".", ",") + " zł"
    assert read_amount(english) == (rounded, "USD")
    assert read_amount(continental) == (rounded, "PLN")
