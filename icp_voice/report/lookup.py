"""Names for ids: deals, calls, traits, and quotes with where to hear them."""

from dataclasses import dataclass

from icp_voice.records import Outcome, Quote
from icp_voice.report.words import LONGEST_NAME, LONGEST_QUOTE, cut, say_clock, say_date, say_trait
from icp_voice.results import Analysis


@dataclass(frozen=True)
class QuoteView:
    """A quote as it is shown; `outcome` is empty where the deal is not known."""

    text: str
    speaker: str
    deal: str
    outcome: str
    call: str
    called_on: str
    clock: str
    language: str


class Lookup:
    """Finds what a reader calls a deal, a call or a trait; built once for a page."""

    def __init__(self, analysis: Analysis) -> None:
        """Index the analysis."""
        self._deals = {deal.deal_id: deal for deal in analysis.deals}
        self._calls = {call.call_id: call for call in analysis.calls}
        self._statements = analysis.statements

    def deal(self, deal_id: str | None) -> str:
        """Return a deal's name, else its id."""
        if deal_id is None:
            return "no deal"
        deal = self._deals.get(deal_id)
        return cut((deal.name if deal else None) or deal_id, LONGEST_NAME)

    def outcome(self, deal_id: str | None) -> Outcome | None:
        """Return how a deal ended, or None where it is not in the CRM file."""
        deal = self._deals.get(deal_id) if deal_id else None
        return deal.outcome if deal else None

    def call(self, call_id: str) -> str:
        """Return the file name of a call, else its id."""
        call = self._calls.get(call_id)
        return cut(call.call if call else call_id, LONGEST_NAME)

    def statement(self, trait: str) -> str:
        """Return how a sales lead would say a trait, else its id made readable."""
        return cut(self._statements.get(trait) or say_trait(trait), 2 * LONGEST_NAME)

    def quote(self, quote: Quote) -> QuoteView:
        """Return a quote with the names a reader needs to find it."""
        call = self._calls.get(quote.call_id)
        outcome = quote.outcome or self.outcome(quote.deal_id)
        return QuoteView(
            text=cut(quote.text, LONGEST_QUOTE),
            speaker=cut(quote.speaker, LONGEST_NAME) or "speaker not known",
            deal=self.deal(quote.deal_id),
            outcome=outcome or "",
            call=cut(quote.call, LONGEST_NAME),
            called_on=say_date(call.called_on) if call and call.called_on else "",
            clock=say_clock(quote.start_s),
            language=call.languages[0] if call and len(call.languages) == 1 else "",
        )
