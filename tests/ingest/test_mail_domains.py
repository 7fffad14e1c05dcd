"""Deals by the attendees' mail domains."""

import pytest

from icp_voice.ingest.accounts import AccountIndex
from icp_voice.ingest.mail_domains import DomainIndex
from icp_voice.records import Deal, Participant

DEALS = (
    Deal("D-1", "won", account_id="Acme Ltd", attributes={"Website": "https://www.acme.io/en"}),
    Deal("D-2", "won", attributes={"Эл. почта": "ivan@romashka.ru, olga@gmail.com"}),
    Deal("D-3", "won", account_id="Pellona Tooling"),
    Deal("D-4", "won", attributes={"website": "facebook.com/shop", "email": "x@vendor.example"}),
)
INDEX = DomainIndex(DEALS, AccountIndex(DEALS), ["vendor.example"])


def found(*emails: str) -> list[tuple[str, list[str], bool]]:
    people = [Participant("Bo Ek", email=email) for email in emails]
    return [(hit.domain, sorted(hit.deal_ids), hit.spelt) for hit in INDEX.find(people)]


@pytest.mark.parametrize(
    ("email", "deal_id", "spelt"),
    [
        ("bo@acme.io", "D-1", False),
        ("bo@eu.ACME.io", "D-1", False),
        ("bo@romashka.ru", "D-2", False),
        ("bo@pellona-tooling.co.uk", "D-3", True),
        ("bo@acme.com", "D-1", True),
    ],
)
def test_domain_tells_the_deal(email: str, deal_id: str, spelt: bool) -> None:
    """A website or e-mail column tells it, below it too; else a domain spelt like the account."""
    assert [(ids, how) for _, ids, how in found(email)] == [([deal_id], spelt)]


@pytest.mark.parametrize(
    "email", ["olga@gmail.com", "x@vendor.example", "a@facebook.com", "bo@other.example", "no mail"]
)
def test_free_shared_and_own_domains_tell_nothing(email: str) -> None:
    """Free mail, hosts that many share and our own domain point at no deal."""
    assert found(email) == []


def test_people_of_our_side_tell_nothing() -> None:
    """Who is marked as seller, and others of the same domain, are not the customer."""
    people = [
        Participant("Ann Lee", "seller", email="ann@acme.io"),
        Participant("Al Roe", email="al@acme.io"),
    ]
    assert INDEX.find(people) == ()


def test_two_customers_are_two_domains() -> None:
    """Each domain is reported with its own deals."""
    assert found("a@acme.io", "b@romashka.ru") == [
        ("acme.io", ["D-1"], False),
        ("romashka.ru", ["D-2"], False),
    ]
