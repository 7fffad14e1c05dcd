"""The calls of each deal: when, how many, who attends, in what order things are said."""

from __future__ import annotations

import random
from dataclasses import dataclass
from datetime import date, timedelta

import names
from dialogue import MOODS, SPOKEN, CallWriter, Line, Mention, Mood, Person
from scenario import LAST_DAY, DealPlan
from traits import BY_KEY, PLANS
from wording import Cast, Wording

N_CALLS = {
    "won": (0.18, 0.37, 0.30, 0.15),
    "lost": (0.5, 0.34, 0.13, 0.03),
    "open": (0.6, 0.3, 0.1),
}
_TECHNICAL_TITLES = ("CTO", "CTO", "CIO")


@dataclass(frozen=True)
class Call:
    """One call with its lines; `number` is 1 for the deal's first."""

    deal: DealPlan
    number: int
    day: date
    people: tuple[Person, ...]
    lines: tuple[Line, ...]
    mood: str


def people_of(deal: DealPlan, rng: random.Random, *, spoken: bool = False) -> tuple[Person, ...]:
    """Return the seller and the buyers of a deal's calls, the main contact first.

    Spoken calls are short: nobody attends who is not part of the truth table.
    """
    seller = Person(deal.owner, "seller", "Account Executive", "sales")
    taken = {seller.first}
    buyers = [Person(names.person_name(rng, taken), "buyer", deal.title, deal.role)]
    if "cto" in deal.traits:
        title = rng.choice(_TECHNICAL_TITLES)
        buyers.append(Person(names.person_name(rng, taken), "buyer", title, "it"))
    if deal.extra is not None and not spoken:
        title, role = deal.extra
        buyers.append(Person(names.person_name(rng, taken), "buyer", title, role))
    return (seller, *buyers)


def call_days(deal: DealPlan, rng: random.Random) -> list[date]:
    """Return the days of a deal's calls: won deals have more, the last one close to the end."""
    weights = N_CALLS[deal.outcome]
    n_calls = rng.choices(range(1, len(weights) + 1), weights)[0]
    end = deal.closed or min(LAST_DAY, deal.first_call + timedelta(days=60))
    span = max(1, (end - deal.first_call).days - rng.randrange(2, 8))
    steps = sorted(
        round(span * ((k + 1) / max(1, n_calls - 1)) * rng.uniform(0.85, 1.0))
        for k in range(n_calls - 1)
    )
    days = [deal.first_call]
    for step in steps:
        day = max(deal.first_call + timedelta(days=step), days[-1] + timedelta(days=1))
        while day.weekday() > 4:
            day += timedelta(days=1)
        if day <= min(end, LAST_DAY):
            days.append(day)
    return days


def write_first_call(
    deal: DealPlan, people: tuple[Person, ...], rng: random.Random, *, spoken: bool = False
) -> Call:
    """Write a deal's first call; `spoken` keeps it short and in the speech model's vocabulary."""
    mood = SPOKEN if spoken else rng.choice(MOODS)
    writer = _writer(deal, people, mood, rng, spoken=spoken)
    _open(writer)
    early, late = _blocks(deal, rng)
    for key in early:
        _block(writer, key)
    for role, boss in deal.bosses.items():
        writer.mention_boss(role, boss)
    for _ in range(mood.pitches):
        if rng.random() < 0.6:
            writer.say(writer.seller, "seller_pitch", "")
        else:
            writer.say(writer.seller, "pitch", "wide")
        writer.listen()
    for key in late:
        _block(writer, key)
    _close(writer, next_step="process/next_step" in deal.traits)
    return Call(deal, 1, deal.first_call, people, tuple(writer.lines), mood.name)


def write_later_call(
    deal: DealPlan, people: tuple[Person, ...], number: int, day: date, rng: random.Random, *,
    last: bool,
) -> Call:  # fmt: skip
    """Write a later call: what is said there is no trait of the first call."""
    mood = rng.choice(MOODS)
    here = [person for person in people if person.side == "seller" or rng.random() < 0.75]
    if len(here) < 2:
        here = list(people[:2])
    writer = _writer(deal, tuple(here), mood, rng, spoken=False)
    writer.later = True
    writer.say(writer.seller, "greeting", "later")
    writer.say(writer.buyers[0], "smalltalk", "later")
    writer.say(writer.seller, "seller_question", "later")
    keys = [
        plan.key for plan in PLANS
        if plan.later and plan.role in ("absent", "exposure") and rng.random() < plan.later * 0.8
    ]  # fmt: skip
    for key in ("excel_manual", "does_not_scale", "no_visibility"):
        if rng.random() < (0.35 if key in deal.traits else 0.06):
            keys.append(key)
    rng.shuffle(keys)
    keys.sort(key=lambda key: BY_KEY[key].trait.startswith(("question/", "process/")))
    for key in keys:
        _late(writer, key)
    for _ in range(2):
        writer.say(writer.seller, "seller_pitch", "")
        writer.listen()
    if last and deal.outcome == "won":
        for plan in PLANS:
            if plan.role == "leaky" and rng.random() < plan.later:
                _late(writer, plan.key)
    if last and deal.outcome == "lost":
        topic = rng.choice(("timing", "no_proof", "status_quo"))
        said = Mention("objection", topic, "asserted")
        writer.say(writer.buyers[0], "objection", topic, said)
    _close(writer, next_step=rng.random() < 0.5)
    return Call(deal, number, day, tuple(here), tuple(writer.lines), mood.name)


def _writer(
    deal: DealPlan, people: tuple[Person, ...], mood: Mood, rng: random.Random, *, spoken: bool
) -> CallWriter:
    seller = next(person for person in people if person.side == "seller")
    buyers = tuple(person for person in people if person.side == "buyer")
    company = None if spoken else deal.account
    cast = Cast(seller.first, tuple(person.first for person in buyers), company)
    wording = Wording(deal, cast, rng, held_out=spoken, wide_share=mood.wide_share)
    return CallWriter(deal, seller, buyers, wording, mood, rng)


def _open(writer: CallWriter) -> None:
    """Greet, introduce everybody with their titles, say what the call is about."""
    main = writer.buyers[0]
    writer.say(writer.seller, "greeting", "")
    writer.say(main, "smalltalk", "")
    for _ in range(writer.mood.small_talk):
        writer.say(writer.seller, "smalltalk", "")
        writer.say(main, "fact", "")
    if writer.mood.wide_share or not writer.buyers[1:]:
        writer.say(writer.seller, "intro", "agenda")
    for person in writer.buyers:
        writer.introduce(person)
        if person is main and writer.mood.wide_share:
            writer.say(main, "fact", "", join=True)


def _blocks(deal: DealPlan, rng: random.Random) -> tuple[list[str], list[str]]:
    """Return what is said before and after the seller shows something; traps are `trap:KEY`."""
    early, late = [], []
    for key in sorted(deal.traits - {"cto", "process/next_step"}):
        kind = BY_KEY[key].trait.split("/")[0]
        (early if kind in ("tool", "pain", "trigger", "metric") else late).append(key)
    for key in sorted(deal.traps):
        (late if key == "budget" else early).append(f"trap:{key}")
    rng.shuffle(early)
    rng.shuffle(late)
    return early, late


def _block(writer: CallWriter, key: str) -> None:
    if key.startswith("trap:"):
        writer.trap(key.removeprefix("trap:"))
    else:
        writer.state(key)


def _late(writer: CallWriter, key: str) -> None:
    """Say a trait in a later call, whether or not it holds in the first."""
    writer.wording.extra_traits.add(key)
    writer.state(key, again=True)


def _close(writer: CallWriter, *, next_step: bool) -> None:
    """Agree on what comes next, or do not, and say goodbye."""
    if next_step:
        if writer.rng.random() < 0.5:
            step = Mention("process", "next_step", "asserted", elicited=True)
            writer.say(writer.seller, "process", "next_step", step)
            writer.agree(writer.buyers[0])
        else:
            step = Mention("process", "next_step", "asserted")
            writer.say(writer.buyers[0], "process", "next_step", step)
    writer.say(writer.seller, "closing", "")
    writer.say(writer.buyers[0], "closing", "")
