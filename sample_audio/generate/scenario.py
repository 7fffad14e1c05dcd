"""The invented market: 150 deals, what was true of each, and who took part.

Everything follows from the seed. Won and lost deals of a segment get their traits by quota
(`traits.py`), shuffled until they are independent of each other, of the rep, of the quarter and of
the CRM's fields (`balance.py`).
"""

from __future__ import annotations

import random
from collections.abc import Hashable
from dataclasses import dataclass, field
from datetime import date, timedelta
from itertools import pairwise

import balance
import names
import numpy as np
import traits

SEED = 20260630
LAST_DAY = date(2026, 6, 30)
CLOSED_QUARTERS = tuple(date(2025 + k // 4, 1 + 3 * (k % 4), 1) for k in range(5))


@dataclass
class DealPlan:
    """One invented deal and the truth about it.

    Attributes:
        likely: built like the won deals; tells open deals apart.
        traits: keys of `traits.PLANS` that hold in the first call.
        bosses: titles of absent colleagues whom the buyer speaks of, by role.
        new_leader: the title of the new leader, if there is one.
    """

    outcome: str
    segment: str
    likely: bool
    deal_id: str = ""
    account_id: str = ""
    account: str = ""
    owner: str = ""
    industry: str = ""
    region: str = ""
    source: str = ""
    employees: int = 0
    amount: int = 0
    first_call: date = LAST_DAY
    created: date = LAST_DAY
    closed: date | None = None
    stage: str = ""
    title: str = ""
    role: str = ""
    traits: set[str] = field(default_factory=set)
    traps: set[str] = field(default_factory=set)
    bosses: dict[str, str] = field(default_factory=dict)
    new_leader: str = ""
    extra: tuple[str, str] | None = None


def build_deals() -> list[DealPlan]:
    """Return all deals, in the order of their first calls; the same every time."""
    rng = random.Random(SEED)
    deals = [
        DealPlan(outcome, segment, likely)
        for sizes, outcome, likely in (
            (traits.N_WON, "won", True),
            (traits.N_LOST, "lost", False),
            (traits.N_OPEN_LIKELY, "open", True),
            (traits.N_OPEN_UNLIKELY, "open", False),
        )
        for segment in traits.SEGMENTS
        for _ in range(sizes[segment])
    ]
    _assign(deals, rng)
    _plan_traps_and_mentions(deals, rng)
    _plan_dates(deals, rng)
    deals.sort(key=lambda deal: (deal.first_call, deal.segment, deal.outcome, deal.title))
    _plan_crm(deals, rng)
    return deals


def _groups_of(deals: list[DealPlan]) -> list[list[int]]:
    """Return the deals' indices by outcome and likelihood, small segments first."""
    order: dict[tuple[str, bool], list[int]] = {}
    for index, deal in enumerate(deals):
        order.setdefault((deal.outcome, deal.likely), []).append(index)
    return list(order.values())


def _assign(deals: list[DealPlan], rng: random.Random) -> None:
    """Give each deal its traits, main contact, owner, quarter and CRM fields."""
    categories: dict[str, tuple[tuple[Hashable, ...], tuple[float, ...]]] = {
        "title": (
            tuple((title, role) for title, role, _ in traits.MAIN_TITLES),
            tuple(rate for _, _, rate in traits.MAIN_TITLES),
        ),
        "owner": (names.OWNERS, (1.0,) * 5),
        "quarter": (CLOSED_QUARTERS, (1.0,) * len(CLOSED_QUARTERS)),
        "industry": (names.INDUSTRIES, (1.0,) * 6),
        "region": (names.REGIONS, (0.35, 0.3, 0.2, 0.15)),
        "source": (names.SOURCES, (0.35, 0.2, 0.15, 0.2, 0.1)),
        "extra": (
            (None, *traits.EXTRA_TITLES),
            (1 - traits.EXTRA_RATE, *(traits.EXTRA_RATE / 4,) * 4),
        ),
    }
    kinds = sorted({(deal.outcome, deal.likely, deal.segment) for deal in deals})
    cells = [kinds.index((deal.outcome, deal.likely, deal.segment)) for deal in deals]
    blocks: list[np.ndarray] = []
    for plan in traits.PLANS:
        column = np.zeros((len(deals), 1))
        seed = rng.random()
        for group in _groups_of(deals):
            _fill(column, deals, group, plan, random.Random(seed))
        blocks.append(column)
    for options, rates in categories.values():
        block = np.zeros((len(deals), len(options)))
        for group in _groups_of(deals):
            picked = _by_cell(options, rates, group, cells, rng)
            for index, option in zip(group, picked, strict=True):
                block[index, options.index(option)] = 1
        blocks.append(block)
    widths = np.cumsum([0, *(block.shape[1] for block in blocks)])
    groups = [list(range(a, b)) for a, b in pairwise(widths)]
    columns = np.hstack(blocks)
    weights = np.ones(columns.shape[1])
    weights[: len(traits.PLANTED)] = 8.0
    weights[groups[len(traits.PLANS) + list(categories).index("owner")]] = 4.0
    balance.decorrelate(columns, groups, cells, weights, rng=rng)
    for index, deal in enumerate(deals):
        row = columns[index]
        deal.traits = {plan.key for k, plan in enumerate(traits.PLANS) if row[k]}
        chosen: dict[str, Hashable] = {}
        for (name, (options, _)), group in zip(
            categories.items(), groups[len(traits.PLANS) :], strict=True
        ):
            chosen[name] = options[int(np.argmax(row[group]))]
        deal.title, deal.role = chosen["title"]  # type: ignore[misc]
        deal.first_call = chosen["quarter"]  # type: ignore[assignment]
        deal.owner, deal.industry = str(chosen["owner"]), str(chosen["industry"])
        deal.region, deal.source = str(chosen["region"]), str(chosen["source"])
        deal.extra = chosen["extra"]  # type: ignore[assignment]


def _fill(
    column: np.ndarray,
    deals: list[DealPlan],
    group: list[int],
    plan: traits.TraitPlan,
    rng: random.Random,
) -> None:
    """Set one trait's quota in each segment of a group of deals."""
    by_segment = {
        segment: [k for k in group if deals[k].segment == segment] for segment in traits.SEGMENTS
    }
    likely = deals[group[0]].likely
    rates = [plan.rate(segment, likely=likely) for segment in traits.SEGMENTS]
    counts = balance.quota(rates, [len(by_segment[s]) for s in traits.SEGMENTS], rng)
    for segment, count in zip(traits.SEGMENTS, counts, strict=True):
        column[rng.sample(by_segment[segment], count), 0] = 1


def _by_cell(
    options: tuple[Hashable, ...],
    rates: tuple[float, ...],
    group: list[int],
    cells: list[int],
    rng: random.Random,
) -> list[Hashable]:
    """Return one option a deal of the group, in the wanted shares within each cell."""
    picked: dict[int, Hashable] = {}
    for cell in sorted({cells[k] for k in group}):
        rows = [k for k in group if cells[k] == cell]
        picked.update(zip(rows, balance.systematic(options, rates, len(rows), rng), strict=True))
    return [picked[k] for k in group]


def _plan_traps_and_mentions(deals: list[DealPlan], rng: random.Random) -> None:
    """Plan what must not count: trap sentences, and colleagues spoken of but not present."""
    bosses = [(role, boss) for role in ("finance", "ceo_founder", "operations", "sales")
              for boss in traits.BOSSES[role]]  # fmt: skip
    for group in _groups_of(deals):
        for key, rate in traits.TRAP_RATES.items():
            without = [k for k in group if key not in deals[k].traits]
            for k in rng.sample(without, round(rate * len(without))):
                deals[k].traps.add(key)
        turn = rng.randrange(len(bosses))
        for k in group:
            if "new_leader" in deals[k].traits:
                while bosses[turn % len(bosses)][0] == deals[k].role:
                    turn += 1
                role, deals[k].new_leader = bosses[turn % len(bosses)]
                deals[k].bosses[role] = deals[k].new_leader
                turn += 3
        for role, rate in traits.MENTION_RATES.items():
            wanted = round(rate * len(group)) - sum(role in deals[k].bosses for k in group)
            free = [
                k for k in group
                if role not in deals[k].bosses and deals[k].role != role
                and not (role == "it" and "cto" in deals[k].traits)
            ]  # fmt: skip
            for k in rng.sample(free, max(0, min(wanted, len(free)))):
                deals[k].bosses[role] = rng.choice(traits.BOSSES[role])


def _plan_dates(deals: list[DealPlan], rng: random.Random) -> None:
    """Set the days: cohorts by first call, cycles alike for won and lost deals."""
    for deal in deals:
        if deal.outcome == "open":
            deal.first_call = date(2026, 3, 2) + timedelta(days=rng.randrange(108))
            deal.stage = rng.choice(("Discovery", "Demo", "Proposal", "Negotiation"))
        else:
            deal.first_call += timedelta(days=rng.randrange(88) + 5)
            cycle_days = round(min(130, max(38, rng.lognormvariate(4.2, 0.35))))
            deal.closed = min(_workday(deal.first_call + timedelta(days=cycle_days)), LAST_DAY)
            deal.stage = "Closed Won" if deal.outcome == "won" else "Closed Lost"
        deal.first_call = _workday(deal.first_call)
        deal.created = deal.first_call - timedelta(days=rng.randrange(2, 15))


def _workday(day: date) -> date:
    """Return the day, or the Monday after it if it is a weekend's."""
    return day + timedelta(days=(0, 0, 0, 0, 0, 2, 1)[day.weekday()])


def _plan_crm(deals: list[DealPlan], rng: random.Random) -> None:
    """Set ids, companies, sizes and amounts; eight companies have two deals."""
    sizes = {"small": (15, 99), "mid": (100, 740), "enterprise": (800, 6200)}
    amounts = {"small": 9_000, "mid": 26_000, "enterprise": 84_000}
    companies = names.company_names([deal.industry for deal in deals], rng)
    for k, deal in enumerate(deals):
        deal.deal_id = f"SYN-{1001 + k}"
        deal.account_id, deal.account = f"SYN-A{101 + k}", companies[k]
        low, high = sizes[deal.segment]
        deal.employees = round(low * (high / low) ** rng.random())
        deal.amount = round(amounts[deal.segment] * rng.lognormvariate(0, 0.4), -2)
    for deal in rng.sample(deals[40:], 8):
        earlier = [
            other for other in deals[:40]
            if other.segment == deal.segment and other.industry == deal.industry
        ]  # fmt: skip
        if earlier:
            first = rng.choice(earlier)
            deal.account_id, deal.account = first.account_id, first.account
            deal.employees, deal.region = first.employees, first.region
