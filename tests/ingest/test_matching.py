"""Which deal a call belongs to."""

import csv
import re
from datetime import date, datetime, timedelta
from pathlib import Path
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from icp_voice.config import IngestConfig
from icp_voice.ingest.calls import EntryIndex
from icp_voice.ingest.deals import read_deals
from icp_voice.ingest.matching import match_calls
from icp_voice.records import CallEntry, CallFacts, CallMatch, Deal, Participant

DEALS = tuple(Deal(deal_id, "won") for deal_id in ("D-1001", "D-10", "1C1I7A6R", "17"))


def deal(
    deal_id: str, account: str, opened: str = "", closed: str = "", outcome: str = "won"
) -> Deal:
    return Deal(
        deal_id,
        outcome,  # type: ignore[arg-type]
        account_id=account,
        created_on=date.fromisoformat(opened) if opened else None,
        closed_on=date.fromisoformat(closed) if closed else None,
        attributes={"website": f"www.{account.split()[0].lower()}.example"},
    )


ACCOUNTS = (
    deal("A-1", "Acme Ltd", "2025-01-10", "2025-03-01", "lost"),
    deal("A-2", "Acme Ltd", "2025-06-01", "2025-09-01"),
    deal("B-1", "Bluth Company", "2025-01-10", "2025-03-01"),
    deal("B-2", "Bluth Company", "2025-02-01", "", "open"),
    deal("C-1", "Condax", "", ""),
    deal("G-1", "Genco Pura Olive Oil", "2025-01-10", "2025-03-01"),
)


def match(
    name: str,
    *entries: CallEntry,
    deals: tuple[Deal, ...] = DEALS,
    pattern: str = "",
    email: str = "",
    title: str | None = None,
    started_at: datetime | None = None,
    sidecar: CallEntry | None = None,
) -> CallMatch:
    facts = CallFacts(
        "c1",
        (name,),
        entry=EntryIndex(entries).find(f"ws/recordings/{name}"),
        sidecar=sidecar,
        participants=(Participant("Bo", email=email),) if email else (),
        title=title,
        started_at=started_at,
    )
    config = IngestConfig(name_patterns=(pattern,) if pattern else ())
    (found,) = match_calls([facts], deals, config)
    return found


def test_calls_file_wins_over_the_name() -> None:
    """The row of calls.csv decides even where the name holds another deal."""
    entry = CallEntry("recordings/D-10 intro.mp3", "D-1001", date(2025, 1, 2))
    found = match("D-10 intro.mp3", entry)
    assert (found.deal_id, found.reason, found.confidence) == ("D-1001", "calls_file", 1.0)
    assert found.called_on == date(2025, 1, 2)


def test_sidecar_wins_over_the_name_and_meets_the_calls_file() -> None:
    """A sidecar is as good as a row; where the two disagree a person decides."""
    found = match("D-10 intro.mp3", sidecar=CallEntry("x", "D-1001"))
    assert (found.deal_id, found.reason) == ("D-1001", "sidecar")
    found = match("a.mp3", CallEntry("a.mp3", "D-10"), sidecar=CallEntry("x", "D-1001"))
    assert (found.deal_id, found.reason) == (None, "ambiguous")
    assert [c.deal_id for c in found.candidates] == ["D-10", "D-1001"]


def test_name_of_another_folder_is_another_file() -> None:
    """A row that names a folder is not about a file of the same name elsewhere."""
    assert match("intro.mp3", CallEntry("archive/intro.mp3", "D-10")).deal_id is None
    assert match("intro.mp3", CallEntry("intro.mp3", "D-10")).deal_id == "D-10"


@pytest.mark.parametrize(
    ("name", "deal_id", "called_on"),
    [
        ("D-1001_2025-03-04.mp3", "D-1001", date(2025, 3, 4)),
        ("GMT20250304-101500_d-1001_Recording.m4a", "D-1001", date(2025, 3, 4)),
        ("04.03.2025 acme (1C1I7A6R).wav", "1C1I7A6R", date(2025, 3, 4)),
        ("D-1001/2025-03-04.wav", "D-1001", date(2025, 3, 4)),
        ("D-1001/D-10 intro.wav", "D-10", None),
        ("D-10011.mp3", None, None),
        ("call 17.mp3", None, None),
        ("nothing.mp3", None, None),
    ],
)
def test_deal_id_is_found_as_a_whole_word(
    name: str, deal_id: str | None, called_on: date | None
) -> None:
    """An id counts only as a whole word, the file's before a folder's; a number is a counter."""
    found = match(name)
    assert (found.deal_id, found.called_on) == (deal_id, called_on)
    assert found.reason == ("file_name" if deal_id else "none")


def test_two_deals_in_a_name_are_no_match() -> None:
    """Two deals in one name are not guessed between; the reason names both."""
    found = match("D-1001 and D-10.mp3")
    assert (found.deal_id, found.reason) == (None, "ambiguous")
    assert found.detail == "the file name holds 2 deals: D-10, D-1001"


def test_deal_of_the_calls_file_must_exist() -> None:
    """A deal id that the deals file does not have is no match, with the reason."""
    found = match("a.mp3", CallEntry("a.mp3", "D-9"))
    assert found.deal_id is None
    assert "D-9, which is not among the deals" in found.detail


def test_configured_pattern_finds_short_numbers() -> None:
    """A pattern reads ids that are too short to be looked for; an unknown one is said."""
    assert match("deal17 intro.mp3", pattern=r"deal(?P<deal_id>\d+)").deal_id == "17"
    found = match("deal18 intro.mp3", pattern=r"deal(?P<deal_id>\d+)")
    assert found.deal_id is None
    assert "18, which is not among the deals" in found.detail


def test_id_against_the_date_counts_for_less() -> None:
    """An id stays a match on a day when its deal was long closed, with less confidence."""
    sure = match("A-1 x 2025-02-01 A-1.mp3", deals=ACCOUNTS, pattern=r"(?P<deal_id>A-\d)")
    late = match("2025-08-01 A-1.mp3", deals=ACCOUNTS, pattern=r"(?P<deal_id>A-\d)")
    assert (sure.deal_id, late.deal_id) == ("A-1", "A-1")
    assert late.confidence < sure.confidence
    assert "closed 153 days before the call" in late.detail


@pytest.mark.parametrize(
    ("name", "deal_id", "reason"),
    [
        ("2025-02-01 Acme.mp3", "A-1", "account_name"),
        ("2025-07-01 Acme.mp3", "A-2", "account_name"),
        ("2025-03-15 Acme.mp3", "A-1", "account_name"),
        ("2025-03-16 Acme.mp3", None, "none"),
        ("2025-05-18 Acme.mp3", "A-2", "account_name"),
        ("2025-05-17 Acme.mp3", None, "none"),
        ("Acme.mp3", None, "ambiguous"),
        ("2025-02-15 Bluth.mp3", None, "ambiguous"),
        ("2025-04-15 Bluth.mp3", "B-2", "account_name"),
        ("2025-04-15 Condax.mp3", "C-1", "account_name"),
        ("Acme Ltd/2025-02-01.mp3", "A-1", "account_name"),
        ("Acme Ltd/2025-02-01 Bluth.mp3", None, "ambiguous"),
    ],
)
def test_date_rule_decides_between_deals_of_an_account(
    name: str, deal_id: str | None, reason: str
) -> None:
    """Open at the call, opened up to 14 days after or closed up to 14 days before; else ask."""
    found = match(name, deals=ACCOUNTS)
    assert (found.deal_id, found.reason) == (deal_id, reason)


def test_what_is_not_guessed_has_its_candidates() -> None:
    """Each deal that may be meant is listed with how its days stand to the call."""
    found = match("2025-02-15 Bluth.mp3", deals=ACCOUNTS)
    assert [(c.deal_id, c.why) for c in found.candidates] == [
        ("B-1", "open at the call"),
        ("B-2", "open at the call"),
    ]
    assert found.detail == "the file name says Bluth Company; 2 deals fit the day"
    none_in_time = match("2025-03-16 Acme.mp3", deals=ACCOUNTS)
    assert none_in_time.candidates[0].why == "closed 15 days before the call"
    suggested = match("2025-02-15 Genco.mp3", deals=ACCOUNTS)
    assert suggested.deal_id is None
    assert [c.deal_id for c in suggested.candidates] == ["G-1"]


def test_unknown_days_cost_confidence() -> None:
    """A deal or a call without days is matched where it is the only one, for less."""
    dated = match("2025-02-15 Genco Pura Olive Oil.mp3", deals=ACCOUNTS)
    undated = match("Genco Pura Olive Oil.mp3", deals=ACCOUNTS)
    assert (dated.deal_id, undated.deal_id) == ("G-1", "G-1")
    assert undated.confidence < dated.confidence


def test_mail_domain_tells_the_account_and_agrees_with_the_name() -> None:
    """The attendee's domain is enough; the name beside it makes it surer, or contradicts it."""
    mail = match("2025-02-01.mp3", deals=ACCOUNTS, email="bo@acme.example")
    both = match("2025-02-01 Acme.mp3", deals=ACCOUNTS, email="bo@acme.example")
    against = match("2025-02-01 Condax.mp3", deals=ACCOUNTS, email="bo@acme.example")
    assert (mail.deal_id, mail.reason) == ("A-1", "mail_domain")
    assert mail.detail == "an attendee's mail is at acme.example; open at the call"
    assert both.deal_id == "A-1"
    assert both.confidence > mail.confidence
    assert (against.deal_id, against.reason) == (None, "ambiguous")


def test_name_of_the_deal_beside_its_account_narrows() -> None:
    """A deal's own name picks it among the account's deals, whatever other deals are called."""
    deals = tuple(
        Deal(deal_id, "open", name=name, account_id=account)
        for deal_id, account, name in (
            ("D-1", "Acme Ltd", "Pilot Warsaw"),
            ("D-2", "Acme Ltd", "Roll-out"),
            ("D-3", "Bluth", "Pilot Warsaw"),
        )
    )
    assert match("Acme Pilot Warsaw.mp3", deals=deals).deal_id == "D-1"
    assert match("Pilot Warsaw.mp3", deals=deals).reason == "ambiguous"


def test_title_and_start_of_the_file_itself_count() -> None:
    """A meeting's title names the account and its start the day, where the name has neither."""
    found = match(
        "audio1.m4a", deals=ACCOUNTS, title="Acme x Us", started_at=datetime(2025, 2, 1, 9, 30)
    )
    assert (found.deal_id, found.called_on) == ("A-1", date(2025, 2, 1))
    assert found.started_at == datetime(2025, 2, 1, 9, 30)
    assert match("audio1.m4a", title="Sync 1C1I7A6R").deal_id == "1C1I7A6R"


def test_day_comes_from_the_surest_source() -> None:
    """calls.csv, then the sidecar, the name, and last the file's own start; times go with days."""
    entry = CallEntry("2025-03-04 a.mp3", None, date(2025, 1, 2))
    beside = CallEntry("x", None, date(2025, 1, 3))
    name = "2025-03-04 a.mp3"
    start = datetime(2025, 3, 4, 10, 15)
    assert match(name, entry, sidecar=beside).called_on == date(2025, 1, 2)
    assert match(name, sidecar=beside, started_at=start).called_on == date(2025, 1, 3)
    assert match(name, sidecar=beside, started_at=start).started_at is None
    assert match(name, started_at=start).started_at == start


def test_sample_calls_are_never_matched_wrongly_without_their_ids(root: Path) -> None:
    """With ids and calls.csv gone, account names match only what is right, and most of it."""
    workspace = root / "sample_audio" / "workspace"
    deals = read_deals(workspace / "deals.csv", IngestConfig()).deals
    accounts = {d.deal_id: d.attributes["account"] for d in deals}
    with (workspace / "calls.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    facts = []
    for row in rows:
        bare = re.sub(r"SYN-\d+", accounts[row["deal_id"]] or "", Path(row["file"]).name)
        facts.append(CallFacts(row["file"], (bare,)))
    matches = match_calls(facts, deals, IngestConfig())
    truth = {row["file"]: row["deal_id"] for row in rows}
    matched = [m for m in matches if m.deal_id is not None]
    assert all(m.deal_id == truth[m.call_id] for m in matched)
    named = [m for m in matches if "Recording" not in m.call_id]
    assert sum(m.deal_id is not None for m in named) >= 0.97 * len(named)


DAYS = st.dates(date(2025, 1, 1), date(2025, 12, 31))


@st.composite
def crm(draw: st.DrawFn) -> tuple[Deal, ...]:
    """A few deals of a few accounts, with and without days."""
    deals = []
    for number in range(draw(st.integers(1, 8))):
        opened = draw(st.none() | DAYS)
        length = timedelta(days=draw(st.integers(0, 120)))
        deals.append(
            Deal(
                f"D-{number:03d}",
                draw(st.sampled_from(["won", "lost", "open"])),
                account_id=draw(st.sampled_from(["Acme Ltd", "Bluth Company", "Condax"])),
                created_on=opened,
                closed_on=(opened or date(2025, 1, 1)) + length if draw(st.booleans()) else None,
            )
        )
    return tuple(deals)


NAMES = st.builds(
    "{}{} {}.mp3".format,
    st.sampled_from(["", "Acme Ltd/", "misc/"]),
    st.one_of(st.just("call"), DAYS.map(date.isoformat)),
    st.sampled_from(["Acme", "Bluth", "Condaks", "Acme and Bluth", "D-001", "D-001 D-002", ""]),
)


@given(crm(), NAMES, st.randoms(use_true_random=False))
def test_order_of_the_deals_does_not_matter(
    deals: tuple[Deal, ...], name: str, rng: Random
) -> None:
    """The same deals in another order give the same match, candidates included."""
    shuffled = list(deals)
    rng.shuffle(shuffled)
    assert match(name, deals=tuple(shuffled)) == match(name, deals=deals)


@given(crm(), NAMES)
def test_a_match_is_one_known_deal_or_none(deals: tuple[Deal, ...], name: str) -> None:
    """A call is joined to one deal of the file or to none, and what is left open says why."""
    found = match(name, deals=deals)
    known = {d.deal_id for d in deals}
    assert found.deal_id is None or found.deal_id in known
    assert (found.deal_id is None) == (found.reason in ("none", "ambiguous"))
    assert (found.confidence > 0) == (found.deal_id is not None)
    assert {c.deal_id for c in found.candidates} <= known
    assert found.detail


@given(crm(), NAMES, st.sampled_from(["D-000", "D-001", "D-002"]))
def test_what_is_written_down_always_wins(deals: tuple[Deal, ...], name: str, deal_id: str) -> None:
    """Whatever the name says, the deal of calls.csv is the match where it exists."""
    found = match(name, CallEntry(name, deal_id), deals=deals)
    expected = deal_id if deal_id in {d.deal_id for d in deals} else None
    assert found.deal_id == expected
