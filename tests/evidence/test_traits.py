"""From observations and files to the deal x trait table."""

from collections.abc import Callable
from datetime import date
from pathlib import Path

import numpy as np
import pytest

from icp_voice.errors import DealsFileError, EvidenceError
from icp_voice.evidence.columns import attribute_table, column_traits
from icp_voice.evidence.observations import Landmark, leakage_cut, table_from_observations
from icp_voice.evidence.trait_files import read_traits
from icp_voice.evidence.traits import TraitTable, join_tables, table_from_values
from icp_voice.records import Deal

DEALS = (
    Deal("a", "won", first_call_on=date(2025, 3, 1), closed_on=date(2025, 5, 1)),
    Deal("b", "lost"),
    Deal("c", "open"),
)


@pytest.fixture
def write(tmp_path: Path) -> Callable[[str], Path]:
    """Write a traits file."""

    def _write(text: str) -> Path:
        path = tmp_path / "traits.csv"
        path.write_text(text, encoding="utf-8")
        return path

    return _write


def as_dict(table: TraitTable) -> dict[str, dict[str, int]]:
    """Return trait -> deal -> value."""
    return {
        t: dict(zip(table.deal_ids, table.column(t).tolist(), strict=True)) for t in table.traits
    }


def test_long_file_takes_the_first_call_only(write: Callable[[str], Path]) -> None:
    """Rows of the first call's day count; later ones are kept as `ever`; no row is unknown."""
    table = read_traits(
        write(
            "deal_id,trait,value,known_at\n"
            "a,excel,0,2025-03-01T09:00\n"
            "a,excel,1,2025-03-20\n"
            "a,audit,1,2025-03-01T18:30\n"
            "b,excel,1,2025-02-02\n"
            "b,excel,0,2025-02-09\n"
            "b,audit,,2025-02-02\n"
        ),
        DEALS,
    )
    assert as_dict(table) == {
        "audit": {"a": 1, "b": -1, "c": -1},
        "excel": {"a": 0, "b": 1, "c": -1},
    }
    assert table.ever is not None
    assert table.ever[:, table.trait_index()["excel"]].tolist() == [1, 1, -1]
    assert table.n_calls is not None
    assert table.n_calls.tolist() == [3, 2, 0]


def test_landmark_can_be_widened() -> None:
    """The first two calls, or some days more, let later rows in."""
    rows = (["a", "a"], ["x", "x"], [0, 1], np.array(["2025-03-01", "2025-03-08"], "datetime64[D]"))
    first = table_from_observations(*rows, deals=DEALS)
    calls = table_from_observations(*rows, deals=DEALS, landmark=Landmark(calls=2))
    days = table_from_observations(*rows, deals=DEALS, landmark=Landmark(days=7))
    assert [t.column("x")[0] for t in (first, calls, days)] == [0, 1, 1]


def test_columns_from_the_store_may_be_masked_and_carry_call_numbers() -> None:
    """Masked values are unknown, masked call numbers count as known from the start."""
    table = table_from_observations(
        np.array(["a", "a", "b", "b"], dtype=object),
        np.array(["x", "y", "x", "y"], dtype=object),
        np.ma.array([1, 1, 1, 0], mask=[False, False, True, False]),
        None,
        call_numbers=np.ma.array([2, 0, 1, 1], mask=[False, True, False, False]),
        deals=DEALS,
    )
    assert as_dict(table) == {"x": {"a": -1, "b": -1, "c": -1}, "y": {"a": 1, "b": 0, "c": -1}}


def test_late_traits_are_seen_by_their_dates() -> None:
    """A trait that first comes up in the last 14 days before the outcome is late."""
    table = table_from_observations(
        ["a", "a", "a"],
        ["deal", "deal", "pain"],
        [0, 1, 1],
        np.array(["2025-03-01", "2025-04-25", "2025-03-01"], "datetime64[D]"),
        deals=DEALS,
    )
    assert table.late_share is not None
    assert table.late_share.tolist() == [1.0, 0.0]
    assert leakage_cut(DEALS[0]) == np.datetime64("2025-04-17")
    with_proposal = Deal("z", "won", attributes={"proposal_at": "2025-04-02"})
    assert leakage_cut(with_proposal) == np.datetime64("2025-04-02")


def test_wide_file_keeps_blank_unknown(write: Callable[[str], Path]) -> None:
    """1, 0, yes and no are values; blank and "unknown" are unknown in a column of flags."""
    table = read_traits(write("deal_id;excel;audit\nb;1;no\na;;unknown\n"), DEALS)
    assert as_dict(table) == {"audit": {"a": -1, "b": 0}, "excel": {"a": -1, "b": 1}}
    assert table.ever is None


def test_text_column_becomes_one_trait_a_value(write: Callable[[str], Path]) -> None:
    """The word "unknown" is its own trait, blank is unknown everywhere, neither is absent."""
    table = read_traits(write("deal_id,industry\na,Retail\nb,unknown\nc,\n"), DEALS)
    assert as_dict(table) == {
        "industry=Retail": {"a": 1, "b": -1, "c": -1},
        "industry=unknown": {"a": 0, "b": 1, "c": -1},
    }


def test_number_column_becomes_ranges() -> None:
    """Four ranges of about as many deals, learnt from the numbers alone."""
    made = column_traits("headcount", [str(n) for n in range(1, 101)] + [""])
    assert made.traits == (
        "headcount=under 26",
        "headcount=26 to under 50",
        "headcount=50 to under 75",
        "headcount=75 and more",
    )
    assert (made.values[:-1].sum(axis=1) == 1).all()
    assert (made.values[-1] == -1).all()


def test_wide_rows_with_dates_are_observations(write: Callable[[str], Path]) -> None:
    """A known_at column makes each row one call."""
    table = read_traits(write("deal_id,known_at,excel\na,2025-03-01,0\na,2025-03-09,1\n"), DEALS)
    assert table.column("excel").tolist() == [0, -1, -1]
    assert table.n_calls is not None
    assert table.n_calls.tolist() == [2, 0, 0]


@pytest.mark.parametrize(
    ("text", "message", "rows"),
    [
        ("deal,x\na,1\n", "no column deal_id", (1,)),
        ("deal_id,x\na,1\nz,1\n", "row 3: the deals file does not have z", (3,)),
        ("deal_id,x\na,1\nb,0\na,0\n", "row 4: deal 'a' already stands in row 2", (2, 4)),
        ("deal_id,x\na,1,2\n", "row 2: 3 cells", (2,)),
        ("deal_id,x,X\na,1,2\n", "the columns x stand twice", (1,)),
        ("deal_id,x\n", "no rows", ()),
        ("", "is empty", ()),
        (
            "deal_id,trait,value,known_at\na,x,1,soon\n",
            "row 2: known_at 'soon' is not a date",
            (2,),
        ),
        ("deal_id,trait,value,known_at\na,x,1,2999-01-01\n", "row 2: known_at lies in the", (2,)),
        ("deal_id,trait,value\na,,1\n", "row 2: the trait is blank", (2,)),
    ],
)
def test_bad_files_are_refused_with_row_numbers(
    write: Callable[[str], Path], text: str, message: str, rows: tuple[int, ...]
) -> None:
    """One sentence says what is wrong and where."""
    with pytest.raises(DealsFileError, match=message) as caught:
        read_traits(write(text), DEALS)
    assert caught.value.rows == rows


def test_undated_rows_are_counted() -> None:
    """Rows without a date are taken as known from the start, and said so."""
    table = table_from_observations(
        ["a", "a"],
        ["x", "y"],
        [1, 1],
        np.array(["2025-03-01", "NaT"], "datetime64[D]"),
        deals=DEALS,
    )
    assert table.values[0].tolist() == [1, 1]
    assert table.warnings[0].startswith("1 of 2 observations have no date")


def test_tables_join_side_by_side() -> None:
    """Deals that one table lacks are unknown in its traits."""
    calls = table_from_observations(
        ["a"], ["x"], [1], np.array(["2025-03-01"], "M8[D]"), deals=DEALS
    )
    crm = table_from_values(["d"], ["attribute/y"], np.array([[1]], dtype=np.int8))
    both = join_tables(calls, crm)
    assert both.deal_ids == ("a", "b", "c", "d")
    assert as_dict(both)["attribute/y"] == {"a": -1, "b": -1, "c": -1, "d": 1}
    assert both.ever is not None
    with pytest.raises(EvidenceError, match="x"):
        join_tables(calls, calls)


def test_crm_columns_become_attribute_traits() -> None:
    """Each text of a column is a trait; columns may be left out."""
    deals = [
        Deal("a", "won", attributes={"industry": "retail", "region": "north"}),
        Deal("b", "lost", attributes={"industry": None, "region": "south"}),
    ]
    table = attribute_table(deals, leave_out=("Region",))
    assert table is not None
    assert as_dict(table) == {"attribute/industry=retail": {"a": 1, "b": -1}}
    assert attribute_table([Deal("a", "won")]) is None


def test_values_other_than_three_are_refused() -> None:
    """A trait's value is 1, 0 or unknown."""
    with pytest.raises(EvidenceError, match="is 2; accepted"):
        table_from_observations(["a"], ["x"], [2], None, deals=DEALS)
    with pytest.raises(EvidenceError, match="does not have: z"):
        table_from_observations(["z"], ["x"], [1], None, deals=DEALS)
