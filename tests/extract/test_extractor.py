"""The stage as a whole: laws, traits, the JSON, and a floor of quality."""

import dataclasses

from hypothesis import given, settings
from hypothesis import strategies as st

from icp_voice.config import ExtractConfig
from icp_voice.extract.contract import to_json
from icp_voice.extract.extractor import (
    Extractor,
    buyer_lines,
    load_extractor,
    trait_ids,
)
from icp_voice.records import Participant
from tests.extract.conftest import make_call

EXTRACTOR = load_extractor(ExtractConfig(classifier=False))
PHRASES = st.sampled_from(
    [
        "We keep all the orders in Excel.", "It takes us nine days, um, to close the books.",
        "Yes.", "No, not really.", "Is there a discount?", "Our CFO has to approve it.",
        "so nobody trusts the numbers and we argue every monday and nothing happens",
        "We have a new CEO since May.", "The weather is fine today.", "That's too expensive.",
    ]
)  # fmt: skip
LINES = st.lists(st.tuples(st.sampled_from("SBU"), st.lists(PHRASES, min_size=1, max_size=3)), min_size=1, max_size=8)  # fmt: skip


@settings(max_examples=40, deadline=None)
@given(LINES)
def test_laws_of_signals(lines: list[tuple[str, list[str]]]) -> None:
    """Quotes are verbatim, sides are the turn's own, and seller's lines give the buyer nothing."""
    call = make_call("\n".join(f"{who}: {' '.join(said)}" for who, said in lines))
    extraction = EXTRACTOR.extract(call)
    for signal in extraction.signals:
        turn = call.turns[signal.turn]
        if signal.elicited:
            assert signal.side == turn.side == "buyer"
            assert any(signal.quote in t.text for t in call.turns if t.side == "seller")
        else:
            assert signal.side == turn.side
            assert signal.quote in turn.text
        assert turn.start_s <= signal.start_s <= signal.end_s <= turn.end_s
    for trait, shown in trait_ids(extraction).items():
        if not trait.startswith("stakeholder/"):
            assert getattr(shown, "side", "buyer") == "buyer"
            assert getattr(shown, "status", "asserted") == "asserted"


@settings(max_examples=15, deadline=None)
@given(LINES)
def test_same_call_gives_same_signals(lines: list[tuple[str, list[str]]]) -> None:
    """Reading a call twice changes nothing."""
    call = make_call("\n".join(f"{who}: {' '.join(said)}" for who, said in lines))
    assert EXTRACTOR.extract(call) == EXTRACTOR.extract(call)


def test_unsure_side_counts_for_nobody(extractor: Extractor) -> None:
    """A turn whose side is doubtful gives signals of unknown side and no trait."""
    call = make_call("B: We keep all the orders in Excel.")
    doubtful = dataclasses.replace(
        call, turns=(dataclasses.replace(call.turns[0], side_confidence=0.6),)
    )
    extraction = extractor.extract(doubtful)
    assert {s.side for s in extraction.signals} == {"unknown"}
    assert trait_ids(extraction) == {}


def test_traits_have_statements(extractor: Extractor) -> None:
    """Every trait a call can give is said in words."""
    call = make_call(
        "B: We keep all the orders in Excel and it takes nine days.\nB: Our CFO has to approve it.",
        participants=(Participant("Ann Lee", "buyer", "CTO"),),
    )
    traits = trait_ids(extractor.extract(call))
    assert {
        "pain/manual_work", "tool/excel", "stakeholder/it/present",
        "stakeholder/it/c_level/present", "stakeholder/finance/mentioned",
    } <= traits.keys()  # fmt: skip
    assert traits.keys() <= extractor.statements.keys()


def test_json_follows_the_contract(extractor: Extractor) -> None:
    """The JSON has the keys that scripts rely on."""
    document = to_json(extractor.extract(make_call("B: We use Excel. Our CFO will ask.")))
    assert list(document) == ["call", "language", "participants", "signals", "stakeholders"]
    assert list(document["signals"][0]) == [
        "kind", "topic", "status", "side", "speaker", "quote", "turn", "start_s", "end_s",
        "elicited", "confidence", "detector",
    ]  # fmt: skip
    assert list(document["stakeholders"][0]) == [
        "role", "level", "presence", "function", "name", "quote",
    ]  # fmt: skip


def test_buyer_lines_are_the_buyers_sentences() -> None:
    """Themes are made of the buyer's sentences, with their times."""
    lines = buyer_lines(make_call("S: Hello there.\nB: We type it in. It is slow."), deal_id="D1")
    assert [line.text for line in lines] == ["We type it in.", "It is slow."]
    assert lines[0].start_s == 5.0
    assert lines[0].end_s <= lines[1].start_s <= 9.5
    assert {line.deal_id for line in lines} == {"D1"}
