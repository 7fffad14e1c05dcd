"""Calls joined to deals in the store, and people's decisions on them."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from icp_voice import match_steps, match_tables, tables, views
from icp_voice.config import Config
from icp_voice.errors import MatchError, WorkspaceError
from icp_voice.match_tables import CallDeal, Choice
from icp_voice.records import (
    CallEntry,
    CallQuality,
    Deal,
    Participant,
    SourceFile,
    Transcript,
)
from icp_voice.steps import CrmFiles, Sources
from icp_voice.store import STORE_NAME, Store
from icp_voice.workspace import Workspace

DEALS = (
    Deal("D-1", "won", name="Acme pilot", account_id="Acme", created_on=date(2025, 1, 1)),
    Deal("D-2", "won", name="Acme roll-out", account_id="Acme", created_on=date(2025, 1, 5)),
    Deal("D-3", "lost", account_id="Bluth", attributes={"website": "bluth.example"}),
)
QUALITY = CallQuality(None, 60.0, None, 700.0, None, 1.0, "good")


class Workbench:
    """A workspace of transcripts that were read, without the stages before and after."""

    def __init__(self, folder: Path) -> None:
        (folder / "recordings").mkdir(parents=True, exist_ok=True)
        self.workspace = Workspace(
            root=folder,
            folder=folder,
            config=Config(),
            source_folders=(folder / "recordings",),
            deals_path=folder / "deals.csv",
            calls_path=folder / "calls.csv",
        )
        self.folder = folder
        self.sources: list[SourceFile] = []
        self.entries: dict[str, CallEntry] = {}

    def add(self, name: str, *, call_id: str, **told: object) -> None:
        """Read one call, whose transcript tells a title, a start or participants."""
        path = self.folder / "recordings" / name
        source = SourceFile(call_id, call_id * 4, path, "transcript", 1)
        self.sources.append(source)
        transcript = Transcript(call_id, path.name, 60.0, 0, ("en",), "webvtt", QUALITY, ())
        with Store(self.folder / STORE_NAME) as store:
            told_too = replace(transcript, **told)  # type: ignore[arg-type]
            tables.save_transcript(store, source, f"recordings/{name}", told_too)

    def match(self, deals: tuple[Deal, ...] = DEALS) -> dict[str, CallDeal]:
        """Do the step and return path -> the call's deal."""
        sources = Sources(tuple(self.sources), (), {}, self.entries, {})
        crm = CrmFiles(deals, tuple(self.entries.values()), (), ())
        with Store(self.folder / STORE_NAME) as store:
            tables.replace_deals(store, deals)
            match_steps.match_all(store, self.workspace, crm, sources)
            return {call.path: call for call in match_tables.load_call_deals(store)}


@pytest.fixture
def bench(tmp_path: Path) -> Workbench:
    return Workbench(tmp_path)


def numbers(bench: Workbench) -> dict[str, int | None]:
    with Store(bench.folder / STORE_NAME) as store:
        return {c.call: c.call_number for c in views.load_call_summaries(store)}


def test_what_the_transcript_tells_joins_the_call(bench: Workbench) -> None:
    """Title, start and attendees of the file itself count, for they are read before matching."""
    people = (Participant("Bo", email="bo@bluth.example"),)
    bench.add("a.vtt", call_id="a" * 16, title="Bluth intro", started_at=datetime(2025, 2, 1, 9))
    bench.add("b.vtt", call_id="b" * 16, participants=people)
    found = bench.match()
    assert [(c.deal_id, c.reason) for c in found.values()] == [
        ("D-3", "account_name"),
        ("D-3", "mail_domain"),
    ]
    assert found["recordings/a.vtt"].started_at == datetime(2025, 2, 1, 9)


def test_calls_without_their_files_are_matched_anew(bench: Workbench) -> None:
    """A recording that was deleted after its transcription still follows a new deals file."""
    bench.add("Bluth 2025-02-01.vtt", call_id="a" * 16)
    bench.match()
    bench.sources.clear()
    (found,) = bench.match((*DEALS[:2], Deal("D-7", "lost", account_id="Bluth"))).values()
    assert found.deal_id == "D-7"


def test_decision_survives_rename_rerun_and_new_deals(bench: Workbench) -> None:
    """A decision is about the content: neither a new name nor a new match undoes it."""
    bench.add("Acme.vtt", call_id="a" * 16)
    before = bench.match()["recordings/Acme.vtt"]
    assert (before.deal_id, before.reason, before.waits) == (None, "ambiguous", True)
    decided = match_steps.decide_deal(bench.folder, "acme.vtt", "d-2")
    assert (decided.deal_id, decided.reason, decided.waits) == ("D-2", "decision", False)
    assert decided.detail == "you said D-2"
    bench.sources.clear()
    bench.add("Bluth 2025-02-01.vtt", call_id="a" * 16)
    (found,) = bench.match((*DEALS, Deal("D-9", "won", account_id="Bluth"))).values()
    assert (found.path, found.deal_id) == ("recordings/Bluth 2025-02-01.vtt", "D-2")


def test_decision_for_a_deal_that_is_gone_is_said(bench: Workbench) -> None:
    """The call then has no deal and waits; when the deal is back, the decision counts again."""
    bench.add("Acme.vtt", call_id="a" * 16)
    bench.match()
    match_steps.decide_deal(bench.folder, "Acme", "D-1")
    (gone,) = bench.match(DEALS[1:]).values()
    assert (gone.deal_id, gone.reason, gone.waits) == (None, "decision", True)
    assert gone.detail == "you said D-1, which is no longer among the deals"
    (back,) = bench.match().values()
    assert back.deal_id == "D-1"


def test_no_deal_is_a_decision_and_undo_brings_the_match_back(bench: Workbench) -> None:
    """An internal meeting stops waiting; undone, the program's own match counts, history kept."""
    bench.add("Bluth 2025-02-01.vtt", call_id="a" * 16)
    bench.match()
    nothing = match_steps.decide_no_deal(bench.folder, "aaaa")
    assert (nothing.deal_id, nothing.waits) == (None, False)
    with Store(bench.folder / STORE_NAME) as store:
        assert match_tables.load_unmatched(store) == ()
    again = match_steps.undo_decision(bench.folder, "aaaa")
    assert (again.deal_id, again.reason) == ("D-3", "account_name")
    with Store(bench.folder / STORE_NAME) as store:
        kept = store.rows("SELECT decision, choice FROM match_decisions ORDER BY decision")
    assert kept == [(1, "no_deal"), (2, "undo")]
    with pytest.raises(MatchError, match="no decision to undo"):
        match_steps.undo_decision(bench.folder, "aaaa")


def test_wrong_names_are_one_sentence(bench: Workbench, tmp_path: Path) -> None:
    """A call or deal that is not there or not unique is named with what is near."""
    bench.add("x/Acme.vtt", call_id="a" * 16)
    bench.add("y/Acme.vtt", call_id="b" * 16)
    bench.match()
    with pytest.raises(MatchError, match="is 2 calls: .*x/Acme.vtt"):
        match_steps.decide_deal(bench.folder, "Acme.vtt", "D-1")
    with pytest.raises(MatchError, match="Did you mean 'Acme.vtt'"):
        match_steps.decide_deal(bench.folder, "Acne.vtt", "D-1")
    with pytest.raises(MatchError, match="no deal 'D-11' among the 3 deals.*'D-1'"):
        match_steps.decide_deal(bench.folder, "x/acme.vtt", "D-11")
    with pytest.raises(WorkspaceError, match="no results yet.*icp-voice analyze"):
        match_steps.call_deals(tmp_path / "elsewhere")
    assert not (tmp_path / "elsewhere").exists()


def test_calls_of_a_deal_are_numbered_by_day_time_and_name(bench: Workbench) -> None:
    """Two calls of one day go by their time; where it is not known, behind and by name."""
    for name, call_id in (
        ("z D-3 2025-02-01 09.00.vtt", "a"),
        ("y D-3 2025-02-01 10.30.vtt", "b"),
        ("x D-3 2025-02-01.vtt", "c"),
        ("a D-3 2025-02-02.vtt", "d"),
    ):
        bench.add(name, call_id=call_id * 16)
    bench.match()
    assert list(numbers(bench).values()) == [1, 2, 3, 4]
    assert [name[0] for name in numbers(bench)] == ["z", "y", "x", "a"]


def test_call_without_a_day_is_no_first_call_unless_the_only_one(bench: Workbench) -> None:
    """Among dated calls it has no number; two undated ones leave the first call unknown."""
    bench.add("D-1 2025-02-01.vtt", call_id="a" * 16)
    bench.add("D-1 undated.vtt", call_id="b" * 16)
    bench.add("D-2 one.vtt", call_id="c" * 16)
    bench.add("D-2 two.vtt", call_id="d" * 16)
    bench.add("D-3 only.vtt", call_id="e" * 16)
    bench.match()
    assert numbers(bench) == {
        "D-1 2025-02-01.vtt": 1,
        "D-1 undated.vtt": None,
        "D-2 one.vtt": None,
        "D-2 two.vtt": None,
        "D-3 only.vtt": 1,
    }


CHOICES = st.lists(
    st.tuples(st.sampled_from(["deal", "no_deal", "undo"]), st.sampled_from(["D-1", "D-2", "D-8"])),
    max_size=5,
)


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    """A store with one call that the program itself matches to D-1."""
    bench = Workbench(tmp_path_factory.mktemp("w"))
    bench.add("D-1 2025-02-01.vtt", call_id="a" * 16)
    bench.match()
    with Store(bench.folder / STORE_NAME) as store:
        yield store


@settings(max_examples=30, deadline=None)
@given(choices=CHOICES, n_deals=st.integers(0, 3))
def test_the_newest_decision_always_wins(
    store: Store, choices: list[tuple[Choice, str]], n_deals: int
) -> None:
    """Whatever was decided before and whatever deals there are, a call has one row and one deal."""
    deals = DEALS[:n_deals]
    known = {d.deal_id for d in deals}
    store.execute("DELETE FROM match_decisions")
    tables.replace_deals(store, deals)
    for choice, deal_id in choices:
        chosen = deal_id if choice == "deal" else None
        now = datetime(2025, 3, 1)
        match_tables.save_decision(store, "a" * 16, choice, chosen, decided_at=now)
    (found,) = match_tables.load_call_deals(store)
    last, deal_id = choices[-1] if choices else ("undo", "")
    expected = {"deal": deal_id if deal_id in known else None, "no_deal": None, "undo": "D-1"}
    assert found.deal_id == expected[last]
    assert (found.reason == "decision") == (last != "undo")
