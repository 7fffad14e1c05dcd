"""Invented companies and people. Any likeness to real ones is chance; every id starts with SYN."""

from __future__ import annotations

import random

OWNERS = ("Laura Finch", "Peter Holm", "Emma Castell", "Simon Brandt", "Kate Orlow")
OWNER_VOICES = {
    "Laura Finch": "slt", "Peter Holm": "rms", "Emma Castell": "us-f2", "Simon Brandt": "kal16",
    "Kate Orlow": "gb-f3",
}  # fmt: skip
FIRST_NAMES = {
    "f": ("Anna", "Sarah", "Maria", "Julia", "Helen"),
    "m": ("Mark", "David", "James", "Tom", "Robert", "Daniel", "Victor", "Paul"),
}
LAST_NAMES = (
    "Abrell", "Bartosh", "Cavell", "Dornan", "Elstad", "Fenwick", "Garrow", "Hallas", "Iveson",
    "Jarvik", "Kestner", "Lindqvar", "Marrow", "Nystad", "Okrent", "Pellow", "Quarles", "Rusk",
    "Selby", "Thorne", "Ulmer", "Varga", "Wexley", "Yarrow", "Zeller",
)  # fmt: skip
_STEMS = (
    "Vex", "Tarn", "Brindle", "Ostra", "Kelm", "Lund", "Corv", "Pell", "Marl", "Hest", "Quill",
    "Dray", "Fjell", "Norv", "Sorrel", "Wick", "Ember", "Thist", "Gren", "Alder",
)  # fmt: skip
_ENDINGS = ("ley", "mark", "stead", "wick", "holm", "ford", "ona", "ric", "well", "aro")
INDUSTRY_WORDS = {
    "logistics": ("Freight", "Logistics", "Haulage"),
    "manufacturing": ("Works", "Components", "Tooling"),
    "retail": ("Stores", "Outlets", "Retail"),
    "healthcare": ("Clinics", "Care", "Labs"),
    "construction": ("Builders", "Construct", "Site Services"),
    "food": ("Foods", "Dairies", "Bakeries"),
}
INDUSTRIES = tuple(INDUSTRY_WORDS)
REGIONS = ("UK & Ireland", "DACH", "Nordics", "CEE")
SOURCES = ("website", "referral", "event", "outbound", "partner")


def company_names(industries: list[str], rng: random.Random) -> list[str]:
    """Return one distinct invented company name for each industry given."""
    stems = [stem + ending for stem in _STEMS for ending in _ENDINGS if stem[-1] != ending[0]]
    rng.shuffle(stems)
    return [
        f"{stem} {rng.choice(INDUSTRY_WORDS[industry])}"
        for stem, industry in zip(stems, industries, strict=False)
    ]


def person_name(rng: random.Random, taken: set[str], *, gender: str | None = None) -> str:
    """Return a name whose first name is not in `taken`, and add the first name to it."""
    pool = FIRST_NAMES[gender] if gender else FIRST_NAMES["f"] + FIRST_NAMES["m"]
    first = rng.choice([name for name in pool if name not in taken])
    taken.add(first)
    return f"{first} {rng.choice(LAST_NAMES)}"


def gender_of(name: str) -> str:
    """Return `f` or `m` for a name made here."""
    first = name.split()[0]
    return "f" if first in FIRST_NAMES["f"] or first in ("Laura", "Emma", "Kate") else "m"
