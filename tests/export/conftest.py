from collections.abc import Callable
from datetime import date

import pytest

from icp_voice.records import (
    BuyerLine,
    CallMatch,
    CallSummary,
    Deal,
    DealSignals,
    FailedInput,
    Quote,
    RejectedRow,
    Signal,
    Stakeholder,
    Theme,
    ThemeMember,
)
from icp_voice.results import (
    Analysis,
    Criterion,
    DealScore,
    Finding,
    Interval,
    Measurement,
    Profile,
    ScorePart,
    TierRecord,
)

FIRST, SECOND = "aaaaaaaaaaaaaaaa", "bbbbbbbbbbbbbbbb"
NAMES = {FIRST: "d1-first.wav", SECOND: "d1-second.vtt"}


def make_place(
    kind: str,
    topic: str,
    text: str,
    *,
    call_id: str = FIRST,
    speaker: str = "Olena",
    start_s: float = 12.0,
    **changes: str,
) -> tuple[Signal, Quote]:
    """Return one signal of the buyer's side with its quote."""
    signal = Signal(
        kind=kind,
        topic=topic,
        status=changes.get("status", "asserted"),  # type: ignore[arg-type]
        side=changes.get("side", "buyer"),  # type: ignore[arg-type]
        speaker=speaker,
        quote=text,
        turn=3,
        start_s=start_s,
        end_s=start_s + 4,
        language="en",
        elicited=False,
        confidence=0.9,
        detector=f"pattern:{topic}",
    )
    return signal, Quote(
        call_id, NAMES[call_id], "D1", speaker, text, start_s, start_s + 4, outcome="open"
    )


@pytest.fixture
def place() -> Callable[..., tuple[Signal, Quote]]:
    """Return the function that makes a signal with its quote."""
    return make_place


def _finding() -> Finding:
    return Finding(
        trait="pain/manual_work",
        register="discovery",
        present_won=30,
        present_lost=12,
        absent_won=10,
        absent_lost=38,
        unknown=5,
        p_value=0.00001234567,
        p_stratified=0.00002,
        q_value=0.0004,
        p_max_t=0.001,
        odds_ratio=9.1,
        odds_ratio_shrunken=6.2,
        interval_90=Interval(2.9, float("inf"), 0.9),
        stability=0.96,
        win_rate_with=Interval(0.6, 0.81, 0.9),
        win_rate_without=Interval(0.13, 0.31, 0.9),
        verdict="proven",
        reasons=("Holds in every segment.",),
    )


def _heard() -> DealSignals:
    return DealSignals(
        deal_id="D1",
        n_calls=2,
        last_call_on=date(2026, 3, 9),
        signals=(
            make_place(
                "objection", "price", "That is a lot of money.", call_id=SECOND, speaker="Ivan"
            ),
            make_place("process", "next_step", "Send it by Friday.", call_id=SECOND, start_s=3725),
            make_place("pain", "manual_work", "We retype every order.", start_s=30),
            make_place("pain", "manual_work", "It is all in Excel.", start_s=60, speaker="Ivan"),
            make_place("tool", "google_sheets", "Orders are in Google Sheets.", start_s=70),
            make_place("objection", "timing", "Not this year.", start_s=80, status="negated"),
            make_place("pain", "slow_process", "Is it slow?", start_s=90, side="seller"),
        ),
        stakeholders=(
            Stakeholder("operations", "c_level", "present", name="Olena"),
            Stakeholder("finance", "unknown", "mentioned", quote="our finance will look"),
            Stakeholder("operations", "manager", "mentioned"),
        ),
    )


@pytest.fixture
def analysis() -> Analysis:
    """A small run: one scored and heard deal, one only scored, one nothing is known of."""
    manual = make_place("pain", "manual_work", "We retype every order.", start_s=30)[1]
    statement = "Work is done by hand"
    deals = (
        Deal("D2", "won", name='=cmd|" /C calc"!A0', owner="@sum"),
        Deal("D1", "open", name="Nova, Ltd", account_id="A1", owner="Eva", amount=1200.5),
        Deal("D3", "lost"),
    )
    line = BuyerLine(FIRST, "D1", 3, 30, 34, "en", "We retype every order.")
    return Analysis(
        name="Sample",
        synthetic=True,
        data_until=date(2026, 3, 9),
        deals=deals,
        calls=tuple(
            CallSummary(
                call_id=call_id,
                call=NAMES[call_id],
                kind="recording",
                deal_id="D1",
                called_on=day,
                call_number=number,
                duration_s=61.25,
                languages=("en",),
                model="demo-en",
                grade="good",
                match_detail="calls.csv",
                n_signals=4,
            )
            for number, (call_id, day) in enumerate(
                [(FIRST, date(2026, 3, 1)), (SECOND, date(2026, 3, 9))], start=1
            )
        ),
        measurement=Measurement(95, 40, 50, 5, (_finding(),), (), 0.4, 2.8, "segment"),
        profile=Profile(
            criteria=(
                Criterion("pain/manual_work", "nice_to_have", statement, 60, _finding(), (manual,)),
            ),
            tiers=(TierRecord("A", 70, 20, 15, 0.75, Interval(0.55, 0.9, 0.9)),),
            tiers_separable=True,
            warnings=(),
        ),
        scores=(
            DealScore(
                "D1",
                72,
                60,
                84,
                "A",
                1,
                (),
                (
                    ScorePart("pain/manual_work", statement, 60, True, manual),
                    ScorePart("attribute/industry=retail", "Retail", 24, None),
                ),
            ),
            DealScore("D2", 0, 0, 24, "C", 1, ("objection/price",), ()),
        ),
        themes=(
            Theme("t0a1b2c3d", "orders, retype", line.text, (ThemeMember(line, 0.98),), 1, 1, 0.8),
        ),
        deal_signals=(_heard(),),
        statements={"pain/manual_work": statement, "objection/price": "Price is an objection"},
        quotes={"pain/manual_work": (manual,)},
        unmatched=(CallMatch("cccccccccccccccc", None, None, "none", "no deal id in x.wav", 0.0),),
        failures=(FailedInput("broken.mp3", "transcribe", "is a text file"),),
        rejected_rows=(RejectedRow(41, "bad date", {"close_date": "31/13/2024"}),),
        sentence_model="all-MiniLM-L6-v2@53aa51172d14",
    )
