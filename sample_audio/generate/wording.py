"""Write one sentence that fits the call: names, tools and bosses are the deal's own.

A sentence must not claim by accident what is not planned for the deal (`claims_too_much`), or the
truth table would be wrong: a template's slot may hold Excel, a new boss or a number.
"""

from __future__ import annotations

import random
import re
from dataclasses import dataclass

import grammar
from scenario import DealPlan
from slots import SLOTS
from wider_lines import WIDER_BUYER
from wider_lines_deal import WIDER_DEAL, WIDER_SELLER

NEUTRAL_SYSTEMS = (
    "our warehouse system", "our accounting system", "our ERP", "our CRM", "the billing system",
    "the data warehouse",
)  # fmt: skip
PRODUCTS = {
    "tool/salesforce": "Salesforce",
    "tool/sap": "SAP",
    "tool/hubspot": "HubSpot",
    "tool/google_sheets": "Google Sheets",
    "tool/quickbooks": "QuickBooks",
    "tool/power_bi": "Power BI",
}
RIVALS = {"competitor/planora": "Planora", "competitor/opsline": "Opsline"}
PRESENT_VENDORS = ("Tallyford", "Mercavo", "Brightledger", "Nordwick")
STATUSES = ("negated", "past", "hypothetical", "other_party", "asked")

_MONEY = r"euros|dollars|pounds|million"
_GUARDS: dict[str, re.Pattern[str]] = {
    "excel_manual": re.compile(
        r"\bexcel\b|spreadsheet|by hand|\bmanual|\bcop(y|ies|ying)\b|paste|\btype|on paper", re.I
    ),
    "new_leader": re.compile(r"\bnew (CEO|CFO|COO|CTO|head|finance|operations|managing)"),
    "does_not_scale": re.compile(r"\bscale|outgr|too big for|keep up|\bcope\b", re.I),
    "no_visibility": re.compile(r"overview|visib|flying blind|black box|forecast anything", re.I),
    "budget": re.compile(r"\bbudget\b", re.I),
}
_FIGURES: dict[str, re.Pattern[str]] = {
    "metric/time": re.compile(r"\b(hours?|days?)\b", re.I),
    "metric/volume": re.compile(r"hundred|thousand", re.I),
    "metric/money": re.compile(_MONEY, re.I),
    "trigger/growth_hiring": re.compile(r"\bgrew\b|\bhir(e|ed|ing)\b|\bdoubled\b", re.I),
}
_PLANTED_TOPICS = {
    "manual_work", "excel", "new_leader", "does_not_scale", "no_visibility", "budget",
}  # fmt: skip
_ADDRESS = re.compile(
    r"((?:, \(?|\(|\b(?:hi|hello|hey|thanks|okay|sure|you|goodbye|bye|yes|no|exactly|correct|much\)"
    r"|greetings)\)? |\{daytime\} ))\{name\}"
)
_THIRD_PERSON = {
    "people_capacity", "new_leader", "mentioned", "budget_owner", "authority", "steps", "contract",
    "next_step", "excel",
}  # fmt: skip
_CLUMSY = re.compile(
    r"(?:plan|schedule|forecast) are|(?:nightmare|mess|problem|hard|painful) experiences"
    r"|pricing included in the price|\b(?P<one>\w+) or (?P=one)\b"
    r"|\b(?P<both>the [a-z ]+|[a-z]+) and (?P=both)\b"
    r"|missed (?:next|this) year|girls|\b[Aa] (?:[aei]|o(?!ne))\w|may not leave"
    r"|^I think (?:does|can|is|how|what|who|where|when|do|could|I'm|my|\w+ here)\b"
    r"|^\w+(?: \w+)?, (?:\w+ here,|my name is)"
    r"|(?:You pay|price starts at|you pay) .*(?:million|hundred thousand)"
    r"|colleague (?:James|Mark|Peter|David|Tom|Robert|Daniel|Victor|Paul|Simon)\b.* she "
)
_ODD_START = re.compile(r"(?:Honestly|To be|You know|Look|Frankly|I mean|I think|As I|Basic)")
_REPEATABLE = ("answer", "filler", "pitch", "pushback", "closing")
SHORT_ENOUGH_TO_REPEAT = 5
_OURS = re.compile(r"\b(?:our|my) ")

WIDER_INTRODUCTIONS = (
    "hi, {first} here, I'm the {role} at {company}",
    "so I'm {first}, {role}, I've been here for {small} years",
    "I'm {first}, I'm the {role}, I look after {process} among other things",
    "{first}, nice to meet you, I'm the {role} here",
)


def spoken_title(title: str) -> str:
    """Return a title as it stands inside a sentence.

    >>> spoken_title("IT Manager"), spoken_title("CFO"), spoken_title("Head of Sales")
    ('IT manager', 'CFO', 'head of sales')
    """
    return " ".join(word if word.isupper() else word.lower() for word in title.split())


@dataclass
class Cast:
    """Who is on the call: first names, and what the company is called aloud."""

    seller: str
    buyers: tuple[str, ...]
    company: str | None


class Wording:
    """Chooses sentences for one call.

    Attributes:
        held_out: grammar sentences only, and only those that the speech model did not train on.
        wide_share: share of sentences taken from the wider wording of the archive, in [0, 1].
    """

    def __init__(
        self,
        deal: DealPlan,
        cast: Cast,
        rng: random.Random,
        *,
        held_out: bool = False,
        wide_share: float = 0.5,
    ) -> None:
        self.deal, self.cast, self.rng = deal, cast, rng
        self.held_out = held_out
        self.wide_share = 0.0 if held_out else wide_share
        self.said: set[str] = set()
        self.used: set[str] = set()
        self.extra_traits: set[str] = set()
        traits = deal.traits
        self.systems = [PRODUCTS[key] for key in PRODUCTS if key in traits] * 2
        self.systems += [*NEUTRAL_SYSTEMS]
        self.rivals = [RIVALS[key] for key in RIVALS if key in traits]

    def sentence(self, side: str, kind: str, topic: str, **fixed: str) -> str:
        """Return a sentence of (side, kind, topic); `fixed` sets slots, for example `boss="CFO"`.

        Raises:
            LookupError: no template of the key fits the deal.
        """
        narrow = grammar.TEMPLATES.get((side, kind, topic), ())
        wider = {**WIDER_BUYER, **WIDER_DEAL} if side == "buyer" else WIDER_SELLER
        wide = wider.get((kind, topic), ()) if self.wide_share else ()
        for attempt in range(300):
            pool = wide if wide and (not narrow or self.rng.random() < self.wide_share) else narrow
            if not pool:
                break
            template = self.rng.choice(pool)
            if template in self.used and attempt < 100:
                continue
            filled = self._fill(template, side, kind, topic, fixed)
            if filled is None:
                continue
            text = self._expand(filled)
            if text is None or _CLUMSY.search(text):
                continue
            if text in self.said and (kind not in _REPEATABLE or attempt < 100):
                continue
            if side == "buyer" and self.claims_too_much(text, kind, topic):
                continue
            self.said.add(text)
            if not self.held_out and len(text.split()) > SHORT_ENOUGH_TO_REPEAT:
                self.used.add(template)
            return text
        raise LookupError(f"no sentence for {side} {kind}/{topic} in {self.deal.deal_id}")

    def introduction(self, first: str, title: str, role: str) -> str:
        """Return how a buyer introduces themselves, title included.

        Raises:
            LookupError: no held-out sentence says it.
        """
        aloud = spoken_title(title)
        pool = [] if self.held_out else list(WIDER_INTRODUCTIONS)
        pool += list(grammar.TEMPLATES["buyer", "intro", "other"][:3])
        for line in grammar.TEMPLATES.get(("buyer", "intro", role), ()):
            choices = re.search(r"\[([^\[\]]*)\]", line)
            if choices and aloud in choices[1].split("|"):
                pool.append(line.replace(choices[0], aloud))
        for attempt in range(200):
            template = ("~ " if self.held_out else "") + self.rng.choice(pool)
            template = re.sub(r"(my name is |^(?:~ )?)\{name\}", rf"\g<1>{first}", template)
            fixed = {"role": aloud, "first": first}
            filled = self._fill(template, "buyer", "intro", role, fixed)
            text = filled and self._expand(filled)
            if text is None or _CLUMSY.search(text):
                continue
            if attempt < 150 and _ODD_START.match(text):
                continue
            if text not in self.said and not self.claims_too_much(text, "intro", role):
                self.said.add(text)
                return text
        raise LookupError(f"no introduction for {first}, {aloud}, in {self.deal.deal_id}")

    def claims_too_much(self, text: str, kind: str, topic: str) -> bool:
        """Say whether a buyer's sentence would claim something that is not planned."""
        traits = self.deal.traits | self.extra_traits
        trap = kind in STATUSES
        for key, pattern in _GUARDS.items():
            if key not in traits and not trap and pattern.search(text):
                return True
        for key, product in PRODUCTS.items():
            if key not in traits and product in text:
                return True
        if topic in _PLANTED_TOPICS or trap:
            return any(
                key not in traits and pattern.search(text) for key, pattern in _FIGURES.items()
            )
        return False

    def means(self, key: str, text: str) -> bool:
        """Say whether a sentence has the words of a planted trait."""
        return _GUARDS[key].search(text) is not None

    def _expand(self, template: str) -> str | None:
        if not self.held_out:
            return grammar.expand(template, self.rng)
        try:
            return grammar.expand_held_out(template, self.rng, tries=60)
        except ValueError:
            return None

    def _fill(
        self, template: str, side: str, kind: str, topic: str, fixed: dict[str, str]
    ) -> str | None:
        """Put the deal's own names into a template; None if it does not fit the deal."""
        deal, rng = self.deal, self.rng
        for slot, value in fixed.items():
            template = template.replace(f"{{{slot}}}", value)
        own, other = self.cast.seller, self.cast.buyers[0]
        if side == "buyer":
            own, other = other, own
        template = re.sub(r"(this is |my name is )\{name\}", rf"\g<1>{own}", template)
        template = template.replace("{name} here", f"{own} here")
        if topic not in _THIRD_PERSON or ", {name})" in template or kind == "asked":
            template = _ADDRESS.sub(rf"\g<1>{other}", template)
        template = template.replace(
            "{number} minutes", f"{rng.choice(('twenty', 'thirty', 'forty'))} minutes"
        )
        if side == "seller":
            for slot in ("people", "one_person", "system", "tool"):
                choices = self.systems if slot in ("system", "tool") else SLOTS[slot]
                while f"{{{slot}}}" in template:
                    yours = _OURS.sub("your ", rng.choice(choices))
                    template = template.replace(f"{{{slot}}}", yours, 1)
        if "{name}" in template:
            taken = {self.cast.seller, *self.cast.buyers}
            third = [name for name in SLOTS["name"] if name not in taken]
            while "{name}" in template:
                template = template.replace("{name}", rng.choice(third), 1)
        template = template.replace("{any_boss}", "{boss}")
        if "{boss}" in template:
            if topic == "new_leader" and kind == "trigger":
                bosses = [deal.new_leader]
            elif kind in (*STATUSES, "seller_question") or topic == "next_step":
                bosses = [boss for boss in SLOTS["boss"] if boss not in ("CTO", "head of IT")]
            else:
                bosses = list(deal.bosses.values())
            if not bosses or (side == "buyer" and topic == "next_step"):
                return None
            template = template.replace("{boss}", rng.choice(bosses))
        if "{company}" in template and kind != "other_party":
            if self.cast.company is None:
                template = re.sub(r" (?:at|of|for) \{company\}", "", template)
                if "{company}" in template:
                    return None
            template = template.replace("{company}", self.cast.company or "")
        template = template.replace("{quarter_this}", rng.choice(("year", "quarter")))
        template = template.replace("{industry}", deal.industry, 1)
        tools = [*self.systems, "our old system"]
        for slot, choices in (("system", self.systems), ("tool", tools)):
            while f"{{{slot}}}" in template:
                left = [choice for choice in choices if choice not in template]
                template = template.replace(f"{{{slot}}}", rng.choice(left), 1)
        return self._fill_vendor(template, kind, topic)

    def _fill_vendor(self, template: str, kind: str, topic: str) -> str | None:
        """Name rivals where the deal has them, the present vendor where its end is told."""
        if "{vendor}" not in template:
            return template
        vendors = list(self.rivals)
        if topic == "vendor_end" or kind == "past":
            vendors = [self.rng.choice(PRESENT_VENDORS)]
        elif topic == "criteria":
            return None
        while "{vendor}" in template:
            left = [vendor for vendor in vendors if vendor not in template]
            if not left:
                return None
            template = template.replace("{vendor}", self.rng.choice(left), 1)
        return template
