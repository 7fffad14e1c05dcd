"""Roles, levels and presence."""

import pytest

from icp_voice.extract.extractor import Extractor
from icp_voice.records import Participant
from tests.extract.conftest import make_call


def people(extractor: Extractor, text: str, *titles: str) -> set[tuple[str, str, str]]:
    attendees = tuple(
        Participant(f"Person{n} Name{n}", "buyer", title) for n, title in enumerate(titles)
    )
    found = extractor.extract(make_call(text, participants=attendees)).stakeholders
    return {(p.role, p.level, p.presence) for p in found}


@pytest.mark.parametrize(
    ("title", "role", "level"),
    [
        ("CTO", "it", "c_level"),
        ("CFO, Brightwater Foods", "finance", "c_level"),
        ("Head of Operations", "operations", "vp_director"),
        ("VP of Sales", "sales", "vp_director"),
        ("IT Manager", "it", "manager"),
        ("Managing Director", "ceo_founder", "c_level"),
        ("Procurement Lead", "procurement", "manager"),
        ("Director of Marketing", "marketing", "vp_director"),
        ("Payroll Specialist", "finance", "specialist"),
    ],
)
def test_attendee_is_present_by_title(
    extractor: Extractor, title: str, role: str, level: str
) -> None:
    """A job title on the attendee list gives role and level; a company after a comma does not."""
    assert people(extractor, "B: Hello.", title) == {(role, level, "present")}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("B: Hi, I'm the CTO here.", ("it", "c_level", "present")),
        ("B: Our CFO will want to see this.", ("finance", "c_level", "mentioned")),
        ("B: With me is Anna, our head of operations.", ("operations", "vp_director", "present")),
        ("B: Legal has to check the contract.", ("legal", "unknown", "mentioned")),
    ],
)
def test_people_in_speech(extractor: Extractor, text: str, expected: tuple[str, str, str]) -> None:
    """Self-introductions and introductions are present, third persons mentioned."""
    assert expected in people(extractor, text)


@pytest.mark.parametrize(
    "text",
    [
        "S: Who is your CTO?",
        "B: One of our clients has a new CTO.",
        "B: We don't have a CTO.",
        "U: Our CTO will want to see this.",
    ],
)
def test_nobody_of_the_buyers_side(extractor: Extractor, text: str) -> None:
    """Sellers' questions, other companies' people and unclear sides name no stakeholder."""
    assert not {p for p in people(extractor, text) if p[0] == "it"}
