"""Tell whether a call may belong to a deal by its day.

A call belongs to a deal that is open on that day, or is opened up to 14 days after it (the deal is
often entered after the first talk), or was closed up to 14 days before it (hand-over, the last
word on why not). The two weeks are the project's rule; `evidence` keeps the same distance.
"""

from datetime import date
from typing import Literal

from icp_voice.records import Deal

OPENED_WITHIN_DAYS = 14
CLOSED_WITHIN_DAYS = 14

DateFit = Literal["fits", "unknown", "contradicts"]


def date_fit(deal: Deal, called_on: date | None) -> DateFit:
    """Return whether a deal's days allow a call.

    Blank days are unknown, never a contradiction. The close date of an open deal is a forecast and
    says nothing.

    Examples:
        >>> won = Deal("D-1", "won", created_on=date(2025, 3, 1), closed_on=date(2025, 5, 1))
        >>> [date_fit(won, day) for day in (date(2025, 2, 15), date(2025, 2, 14), None)]
        ['fits', 'contradicts', 'unknown']
    """
    if called_on is None:
        return "unknown"
    closed_on = None if deal.outcome == "open" else deal.closed_on
    if deal.created_on and (deal.created_on - called_on).days > OPENED_WITHIN_DAYS:
        return "contradicts"
    if closed_on and (called_on - closed_on).days > CLOSED_WITHIN_DAYS:
        return "contradicts"
    known = deal.created_on and (closed_on or deal.outcome == "open")
    return "fits" if known else "unknown"


def days_away(deal: Deal, called_on: date | None) -> int:
    """Return by how many days a call misses the time a deal was open; 0 inside or unknown.

    >>> days_away(Deal("D-1", "won", closed_on=date(2025, 5, 1)), date(2025, 6, 1))
    31
    """
    if called_on is None:
        return 0
    closed_on = None if deal.outcome == "open" else deal.closed_on
    before = (deal.created_on - called_on).days if deal.created_on else 0
    after = (called_on - closed_on).days if closed_on else 0
    return max(before, after, 0)


def say_fit(deal: Deal, called_on: date | None) -> str:
    """Say in a few words how a deal's days stand to a call.

    Examples:
        >>> say_fit(Deal("D-1", "won", closed_on=date(2025, 5, 1)), date(2025, 6, 1))
        'closed 31 days before the call'
        >>> say_fit(Deal("D-1", "open", created_on=date(2025, 5, 1)), date(2025, 6, 1))
        'open at the call'
    """
    if called_on is None:
        return "the day of the call is not known"
    closed_on = None if deal.outcome == "open" else deal.closed_on
    if deal.created_on and deal.created_on > called_on:
        return f"opened {_days((deal.created_on - called_on).days)} after the call"
    if closed_on and closed_on < called_on:
        return f"closed {_days((called_on - closed_on).days)} before the call"
    if date_fit(deal, called_on) == "fits":
        return "open at the call"
    return "the days of the deal are not known"


def _days(count: int) -> str:
    return "1 day" if count == 1 else f"{count} days"
