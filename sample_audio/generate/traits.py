"""The traits of the invented market: which go with winning by construction, and which do not.

A rate is the share of deals in whose first call the buyer says it (or where the person attends).
Planted effects have different rates among won and lost deals; absent ones have equal rates, so that
only bad method can find them. `planted.json` is written from this file.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Role = Literal["planted", "exclude", "absent", "confounded", "exposure", "leaky"]

SEGMENTS = ("small", "mid", "enterprise")
N_WON = {"small": 13, "mid": 19, "enterprise": 22}
N_LOST = {"small": 27, "mid": 25, "enterprise": 14}
N_OPEN_LIKELY = {"small": 3, "mid": 5, "enterprise": 5}
N_OPEN_UNLIKELY = {"small": 7, "mid": 6, "enterprise": 4}


@dataclass(frozen=True)
class TraitPlan:
    """How often a trait holds in first calls.

    Attributes:
        key: short name used inside the generator.
        trait: id in the evidence table; the first of `also` are said together with it.
        role: what a careful analysis must make of it.
        won, lost: rate in first calls of won and lost deals, in [0, 1].
        by_segment: rates that differ by segment and not by outcome; replaces `won` and `lost`.
        later: rate in each later call (exposure and leaky traits).
    """

    key: str
    trait: str
    role: Role
    won: float
    lost: float
    also: tuple[str, ...] = ()
    by_segment: dict[str, float] | None = None
    later: float = 0.0

    def rate(self, segment: str, *, likely: bool) -> float:
        """Return the rate in a segment, for deals that are won (or likely) or lost."""
        if self.by_segment is not None:
            return self.by_segment[segment]
        return self.won if likely else self.lost


def _absent(trait: str, rate: float, *, later: float = 0.0) -> TraitPlan:
    return TraitPlan(trait, trait, "absent", rate, rate, later=later)


PLANTED = (
    TraitPlan("excel_manual", "pain/manual_work", "planted", 0.91, 0.40, also=("tool/excel",)),
    TraitPlan("cto", "stakeholder/it/c_level/present", "planted", 0.60, 0.18,
              also=("stakeholder/it/present",)),
    TraitPlan("new_leader", "trigger/new_leader", "planted", 0.50, 0.13),
    TraitPlan("does_not_scale", "pain/does_not_scale", "planted", 0.57, 0.17),
    TraitPlan("no_visibility", "pain/no_visibility", "planted", 0.61, 0.20),
    TraitPlan("budget", "objection/budget", "exclude", 0.018, 0.40),
)  # fmt: skip

BIASED = (
    TraitPlan("tool/sap", "tool/sap", "confounded", 0.0, 0.0,
              by_segment={"small": 0.04, "mid": 0.2, "enterprise": 0.75}),
    TraitPlan("process/criteria", "process/criteria", "confounded", 0.0, 0.0,
              by_segment={"small": 0.05, "mid": 0.15, "enterprise": 0.4}),
    TraitPlan("question/integration", "question/integration", "exposure", 0.22, 0.22, later=0.45),
    TraitPlan("metric/time", "metric/time", "exposure", 0.24, 0.24, later=0.45),
    TraitPlan("question/contract", "question/contract", "leaky", 0.03, 0.03, later=0.75),
    TraitPlan("process/approval", "process/approval", "leaky", 0.04, 0.04, later=0.6),
    TraitPlan("process/steps", "process/steps", "leaky", 0.05, 0.05, later=0.7),
    TraitPlan("objection/contract_terms", "objection/contract_terms", "leaky", 0.0, 0.0, later=0.4),
)  # fmt: skip

ABSENT = (
    _absent("pain/slow_process", 0.42, later=0.15),
    _absent("pain/people_capacity", 0.30, later=0.1),
    _absent("pain/data_quality", 0.26, later=0.1),
    _absent("pain/errors_rework", 0.22, later=0.1),
    _absent("pain/disconnected_tools", 0.20, later=0.1),
    _absent("pain/lost_money", 0.14, later=0.08),
    _absent("pain/bad_vendor", 0.13),
    _absent("tool/salesforce", 0.33, later=0.1),
    _absent("tool/google_sheets", 0.16),
    _absent("tool/hubspot", 0.14),
    _absent("tool/quickbooks", 0.12),
    _absent("tool/power_bi", 0.15),
    _absent("tool/in_house", 0.14),
    _absent("trigger/growth_hiring", 0.17),
    _absent("trigger/vendor_end", 0.14),
    _absent("trigger/regulation_audit", 0.13),
    _absent("trigger/expansion", 0.15),
    _absent("trigger/incident", 0.10),
    _absent("trigger/competitor_pressure", 0.10),
    _absent("question/price", 0.42, later=0.25),
    _absent("question/security", 0.30, later=0.2),
    _absent("question/references", 0.13),
    _absent("question/rollout", 0.18, later=0.15),
    _absent("question/features", 0.18, later=0.3),
    _absent("objection/price", 0.20, later=0.1),
    _absent("objection/timing", 0.17),
    _absent("objection/status_quo", 0.12),
    _absent("objection/authority", 0.12),
    _absent("objection/rollout_effort", 0.13),
    _absent("objection/integration", 0.11),
    _absent("objection/no_proof", 0.10),
    _absent("competitor/planora", 0.15, later=0.05),
    _absent("competitor/opsline", 0.10),
    _absent("competitor/build_in_house", 0.10),
    _absent("metric/volume", 0.26, later=0.1),
    _absent("metric/money", 0.13, later=0.1),
    _absent("process/pilot", 0.15, later=0.15),
    _absent("process/next_step", 0.60, later=0.5),
)

PLANS: tuple[TraitPlan, ...] = (*PLANTED, *BIASED, *ABSENT)
BY_KEY = {plan.key: plan for plan in PLANS}

# said of the planted matters in deals without them: denied, past, if, others, asked by the seller
TRAP_RATES = {
    "excel_manual": 0.65,
    "new_leader": 0.40,
    "does_not_scale": 0.40,
    "no_visibility": 0.45,
    "budget": 0.35,
}

# people of the buyer's side who are spoken of; equal shares among won and lost
MENTION_RATES = {
    "finance": 0.26,
    "ceo_founder": 0.24,
    "operations": 0.18,
    "sales": 0.11,
    "it": 0.14,
}
BOSSES = {
    "finance": ("CFO", "finance director"),
    "ceo_founder": ("CEO", "managing director"),
    "operations": ("COO", "operations director"),
    "sales": ("head of sales",),
    "it": ("CTO",),
}

# the main contact's title: equal shares among won and lost
MAIN_TITLES: tuple[tuple[str, str, float], ...] = (
    ("COO", "operations", 0.10),
    ("Head of Operations", "operations", 0.16),
    ("Operations Manager", "operations", 0.12),
    ("Supply Chain Manager", "operations", 0.08),
    ("CFO", "finance", 0.11),
    ("Finance Director", "finance", 0.09),
    ("CEO", "ceo_founder", 0.07),
    ("Managing Director", "ceo_founder", 0.06),
    ("IT Manager", "it", 0.07),
    ("Head of Sales", "sales", 0.07),
    ("Head of Procurement", "procurement", 0.07),
)
EXTRA_TITLES: tuple[tuple[str, str], ...] = (
    ("Controller", "finance"),
    ("Supply Chain Manager", "operations"),
    ("Product Manager", "product_engineering"),
    ("Head of Marketing", "marketing"),
)
EXTRA_RATE = 0.28
