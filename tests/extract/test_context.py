"""Status: is it a fact about the speaker's company, now?"""

from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from icp_voice.extract.detector import Detector
from icp_voice.extract.taxonomy import load_taxonomy

Found = Callable[..., set[tuple[str, str, str, str]]]
DETECTOR = Detector("en", load_taxonomy())


def statuses(found: Found, text: str, trait: str, language: str = "en") -> set[str]:
    return {status for _, name, status, _ in found(f"B: {text}", language) if name == trait}


@pytest.mark.parametrize(
    ("text", "trait", "status"),
    [
        ("We keep the stock list in Excel.", "pain/manual_work", "asserted"),
        ("We don't keep the stock list in Excel.", "pain/manual_work", "negated"),
        ("Nobody types orders in by hand here.", "pain/manual_work", "negated"),
        ("We used to type the orders in by hand.", "pain/manual_work", "past"),
        ("One of our clients types the orders in by hand.", "pain/manual_work", "other_party"),
        ("If we grew that much, we might type orders in by hand.", "pain/manual_work", "hypothetical"),
        ("Do you type the orders in by hand?", "pain/manual_work", "asked"),
        ("Nobody trusts the stock numbers.", "pain/data_quality", "asserted"),
        ("We used Excel before, but today we type orders by hand.", "pain/manual_work", "asserted"),
        ("We are not in Excel any more.", "tool/excel", "negated"),
        ("If we ever got a new CEO, that may change.", "trigger/new_leader", "hypothetical"),
        ("The budget is not an issue.", "objection/budget", "negated"),
    ],
)  # fmt: skip
def test_status_of_what_is_said(found: Found, text: str, trait: str, status: str) -> None:
    """Words around a claim decide its status; words inside it do not."""
    got = statuses(found, text, trait)
    assert got == {status} or (status == "negated" and not got)


@settings(max_examples=30, deadline=None)
@given(st.sampled_from(["invoices", "orders", "reports", "timesheets"]), st.sampled_from("iw"))
def test_adding_not_never_asserts(noun: str, subject: str) -> None:
    """What is asserted is not asserted any more with a "don't" in front."""
    who = "We" if subject == "w" else "I"

    def read(text: str) -> set[str]:
        return {
            hit.status
            for sentence in DETECTOR.read(text)
            for hit in sentence.hits
            if hit.topic == "manual_work"
        }

    assert read(f"{who} type {noun} in by hand.") == {"asserted"}
    assert "asserted" not in read(f"{who} don't type {noun} in by hand.")
