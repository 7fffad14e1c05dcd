from collections.abc import Callable
from dataclasses import replace

from icp_voice.export.fields import KEY_MOMENTS, enrich_deals
from icp_voice.records import DealSignals, Quote, Signal
from icp_voice.results import Analysis

Place = Callable[..., tuple[Signal, Quote]]
FIRST, SECOND = "aaaaaaaaaaaaaaaa", "bbbbbbbbbbbbbbbb"


def test_deals_of_which_nothing_is_known_are_left_out(analysis: Analysis) -> None:
    """A score or an analysed call makes a row; the rows come by deal id."""
    assert [deal.deal.deal_id for deal in enrich_deals(analysis)] == ["D1", "D2"]


def test_topics_tell_who_raised_them_and_how_often(analysis: Analysis) -> None:
    """Speakers come with the role they are known to hold; the sellers' words are not here."""
    deal = enrich_deals(analysis)[0]
    (pain,) = deal.pains
    assert pain.statement == "Work is done by hand"
    assert pain.raised_by == ("Olena (operations)", "Ivan")
    assert pain.n_times == 2
    assert [objection.topic for objection in deal.objections] == ["price"]
    assert deal.tools[0].statement == "google sheets"


def test_a_role_that_was_present_is_not_listed_as_mentioned(analysis: Analysis) -> None:
    """Present wins over mentioned, and the highest level counts."""
    deal = enrich_deals(analysis)[0]
    assert [(role.role, role.level, role.names) for role in deal.roles_present] == [
        ("operations", "c_level", ("Olena",))
    ]
    assert [role.role for role in deal.roles_mentioned] == ["finance"]


def test_next_step_is_the_newest_one_with_its_day(analysis: Analysis) -> None:
    """The follow-up said last stands with the call it was said on."""
    step = enrich_deals(analysis)[0].next_step
    assert step is not None
    assert step.last.text == "Send it by Friday."
    assert step.called_on is not None
    assert step.called_on.isoformat() == "2026-03-09"


def test_key_moments_come_from_the_newest_calls_in_order_of_time(
    analysis: Analysis, place: Place
) -> None:
    """Newest call first, within a call by time; at most five, one a topic, weightiest kinds."""
    many = tuple(
        place(kind, f"topic{n}", "words", call_id=call_id, start_s=100.0 - n)
        for call_id in (SECOND, FIRST)
        for n, kind in enumerate(("question", "pain", "trigger", "objection"))
    )
    heard = DealSignals("D1", 2, None, many, ())
    moments = enrich_deals(replace(analysis, deal_signals=(heard,)))[0].key_moments
    assert len(moments) <= KEY_MOMENTS
    assert [m.kind for m in moments] == ["objection", "trigger", "pain", "question"]
    assert {m.last.call_id for m in moments} == {SECOND}


def test_reasons_start_with_what_excludes(analysis: Analysis) -> None:
    """An exclude is said first; then what the deal has, with its points."""
    first, second = enrich_deals(analysis)
    assert first.reasons == ("Work is done by hand (+60)",)
    assert second.reasons == ("Excluded: Price is an objection",)
