"""Write a call as lines of dialogue, with the truth of what each line means.

A first call is: greeting, introductions, the state of things (facts, tools, pains), why now, some
numbers, what the seller shows, questions, objections, the next step. Moods change how much small
talk, probing and grumbling there is. Later calls are shorter and go on from there.
"""

from __future__ import annotations

import random
import re
from dataclasses import dataclass, field

from scenario import DealPlan
from slots import SLOTS
from traits import BY_KEY, TRAP_RATES
from wording import RIVALS, Wording


@dataclass(frozen=True)
class Person:
    """Somebody on the call."""

    name: str
    side: str
    title: str
    role: str

    @property
    def first(self) -> str:
        """The first name, as people say it."""
        return self.name.split()[0]


@dataclass(frozen=True)
class Mention:
    """What a line means: `kind`, `topic` and `status` as in the taxonomy."""

    kind: str
    topic: str
    status: str
    elicited: bool = False


@dataclass(frozen=True)
class Line:
    """One sentence of one person; `turn` counts turns of the call from 0."""

    person: Person
    text: str
    turn: int
    mentions: tuple[Mention, ...] = ()


@dataclass(frozen=True)
class Mood:
    """How a call feels: shares are in [0, 1]."""

    name: str
    small_talk: int
    asks: float
    acknowledges: float
    wide_share: float
    merges: float
    pushback: float
    pitches: int
    hesitates: float = 0.05


_LINKS = ("And", "Also,", "Plus", "And then,", "On top of that,", "Another thing,")
_HESITATIONS = ("Um,", "Uh,", "Well, um,", "Yeah, so,", "Hm,", "Erm,", "I guess")
_CLOSED_QUESTION = re.compile(r"(?:Do|Is|Are|Can|Would|So (?!nobody))\b")
_PROPER = set(SLOTS["name"]) | {
    "Salesforce", "HubSpot", "QuickBooks", "Power", "Google", "Clearpath", "Planora", "Opsline",
}  # fmt: skip

MOODS = (
    Mood("chatty", 2, 0.5, 0.5, 0.6, 0.3, 0.0, 3, 0.15),
    Mood("brisk", 0, 0.25, 0.2, 0.35, 0.5, 0.0, 1),
    Mood("formal", 1, 0.6, 0.4, 0.7, 0.2, 0.05, 2),
    Mood("hurried", 0, 0.15, 0.15, 0.5, 0.7, 0.1, 1, 0.12),
    Mood("sceptical", 1, 0.4, 0.3, 0.55, 0.25, 0.35, 2),
)
SPOKEN = Mood("spoken", 0, 0.2, 0.1, 0.0, 0.45, 0.0, 0)

_TRAP_TOPICS = {
    "excel_manual": ("excel", "manual_work"),
    "new_leader": ("new_leader",),
    "does_not_scale": ("does_not_scale",),
    "no_visibility": ("no_visibility",),
    "budget": ("budget",),
}


@dataclass
class CallWriter:
    """Builds the lines of one call in order."""

    deal: DealPlan
    seller: Person
    buyers: tuple[Person, ...]
    wording: Wording
    mood: Mood
    rng: random.Random
    later: bool = False
    lines: list[Line] = field(default_factory=list)
    _turn: int = -1

    def say(
        self, person: Person, kind: str, topic: str, *mentions: Mention, join: bool = False,
        **fixed: str,
    ) -> str:  # fmt: skip
        """Add one sentence and return it; `join` goes on in the same turn if it is theirs."""
        text = self.wording.sentence(person.side, kind, topic, **fixed)
        if self.mood.wide_share and person.side == "buyer":
            goes_on = join and self.lines[-1].person == person
            text = self._as_spoken(text, goes_on=goes_on)
        self.add(person, text, *mentions, join=join)
        return text

    def add(self, person: Person, text: str, *mentions: Mention, join: bool = False) -> None:
        """Add a sentence as it stands."""
        if not (join and self.lines and self.lines[-1].person == person):
            self._turn += 1
        self.lines.append(Line(person, text, self._turn, mentions))

    def buyer_for(self, kind: str, topic: str) -> Person:
        """Return who of the buyers says it: technical matters go to the CTO more often."""
        others = self.buyers[1:]
        if not others:
            return self.buyers[0]
        technical = topic in ("security", "integration", "in_house", "disconnected_tools")
        it = [person for person in others if person.role == "it"]
        if technical and it and self.rng.random() < 0.7:
            return it[0]
        return self.rng.choice(others) if self.rng.random() < 0.2 else self.buyers[0]

    def _as_spoken(self, text: str, *, goes_on: bool) -> str:
        """Add the small words and hesitations of speech, now and then."""
        draw = self.rng.random()
        first = text.split()[0]
        keeps_capital = first in ("I", "I'm", "I've", "I'd", "I'll") or first.isupper()
        plain = text if keeps_capital and first != "A" else text[0].lower() + text[1:]
        if any(mark in text[:12] for mark in (",", "Excel", "SAP")) or first in _PROPER:
            return text
        if goes_on and draw < 0.35:
            return f"{self.rng.choice(_LINKS)} {plain}"
        if draw > 1 - self.mood.hesitates:
            return f"{self.rng.choice(_HESITATIONS)} {plain}"
        return text

    def introduce(self, person: Person) -> None:
        """Let a buyer say who they are, with their title."""
        present = Mention("stakeholder", person.role, "present")
        text = self.wording.introduction(person.first, person.title, person.role)
        self.add(person, text, present)

    def agree(self, person: Person) -> None:
        """Let a buyer accept an offer, gladly."""
        while True:
            text = self.wording.sentence("buyer", "answer", "yes")
            if "unfortunately" not in text and "sadly" not in text:
                self.add(person, text)
                return

    def hand_over(self, kind: str) -> None:
        """Let the seller say a word before the buyer goes on to another matter."""
        if self.lines[-1].person.side == "seller":
            return
        draw = self.rng.random()
        if draw < self.mood.asks:
            why = kind == "trigger" and not self.later
            topic = "trigger" if why else "later" if self.later else "open"
            self.say(self.seller, "seller_question", topic)
        elif draw < self.mood.asks + self.mood.acknowledges or not self.mood.wide_share:
            self.say(self.seller, "answer", "ack")

    def acknowledge(self) -> None:
        """Let the seller react, now and then."""
        if self.rng.random() < self.mood.acknowledges:
            self.say(self.seller, "answer", "ack")

    def state(self, key: str, *, again: bool = False) -> None:
        """Let the buyer state one trait of the deal, in one or two sentences."""
        plan = BY_KEY[key]
        kind, topic = plan.trait.split("/")[:2]
        person = self.buyer_for(kind, topic)
        join = self.rng.random() < self.mood.merges
        if not join:
            self.hand_over(kind)
        if key == "excel_manual":
            self._state_excel(person, again=again)
            return
        if kind == "question":
            self.say(person, kind, topic, Mention(kind, topic, "asserted"), join=join)
            self.say(self.seller, "pitch", "answer") if self.mood.wide_share else self.say(
                self.seller, "seller_pitch", ""
            )
            return
        if key in RIVALS:
            rival = Mention("competitor", topic, "asserted")
            self.say(person, "competitor", "vendor", rival, join=join, vendor=RIVALS[key])
            return
        if topic in ("no_visibility", "does_not_scale") and self._elicited(topic, person):
            return
        self.say(person, kind, topic, Mention(kind, topic, "asserted"), join=join)
        twice = key in TRAP_RATES and not again and self.mood.wide_share
        if twice and self.rng.random() < 0.4:
            self.say(person, kind, topic, Mention(kind, topic, "asserted"), join=True)
        if kind == "objection" and self.mood.wide_share and self.rng.random() < 0.6:
            self.say(self.seller, "pitch", "reassure")
        else:
            self.acknowledge()

    def _state_excel(self, person: Person, *, again: bool) -> None:
        """Say that all is in Excel and done by hand: two traits that go together."""
        tool = Mention("tool", "excel", "asserted")
        pain = Mention("pain", "manual_work", "asserted")
        if not again and self.mood.wide_share and self.rng.random() < 0.15:
            self._elicit("excel", person, tool)
        else:
            self.say(person, "tool", "excel", tool, join=True)
        if again and self.rng.random() < 0.5:
            return
        self.say(person, "pain", "manual_work", pain, join=True)
        if not again and self.mood.wide_share and self.rng.random() < 0.35:
            self.say(person, "pain", "manual_work", pain, join=True)
        self.acknowledge()

    def _elicited(self, topic: str, person: Person) -> bool:
        if not self.mood.wide_share or self.rng.random() >= 0.12:
            return False
        self._elicit(topic, person, Mention("pain", topic, "asserted"))
        return True

    def _elicit(self, topic: str, person: Person, mention: Mention) -> None:
        """Let the seller ask and the buyer confirm: one signal of the buyer's, elicited."""
        asked = Mention(mention.kind, mention.topic, "asserted", elicited=True)
        self.say(self.seller, "asked", topic, asked)
        self.say(person, "answer", "yes")

    def trap(self, key: str) -> None:
        """Let a planted matter come up without being true of the buyer now."""
        topic = self.rng.choice(_TRAP_TOPICS[key])
        person = self.buyers[0]
        kind = {"excel": "tool", "new_leader": "trigger", "budget": "objection"}.get(topic, "pain")
        statuses = ["negated", "past", "hypothetical", "other_party", "asked", "story"]
        self.rng.shuffle(statuses)
        for status in statuses:
            try:
                self._trap(status, key, kind, topic, person)
            except LookupError:
                continue
            return

    def _trap(self, status: str, key: str, kind: str, topic: str, person: Person) -> None:
        if status == "asked":
            asked = Mention(kind, topic, "asked")
            if self.mood.wide_share:
                self.say(self.seller, "asked", topic, asked)
                self.say(person, "answer", "no")
            elif key == "budget":
                self.ask(key, asked)
                self.add(person, self.rng.choice(("Yes.", "Absolutely.")))
            elif key == "new_leader":
                raise LookupError("the grammar asks about a new leader only among other triggers")
            else:
                self.ask(topic, asked)
                self.say(person, "answer", "no")
        elif status == "story":
            text = self.wording.sentence("seller", "other_party", "pain")
            story = Mention(kind, topic, "other_party")
            self.add(self.seller, text, *((story,) if self.wording.means(key, text) else ()))
            self.say(person, "answer", "ok")
        else:
            self.hand_over(kind)
            self.say(person, status, topic, Mention(kind, topic, status))

    def ask(self, topic: str, asked: Mention) -> None:
        """Let the seller ask a question whose "no" is a denial: no negative or open question."""
        for _ in range(50):
            text = self.wording.sentence("seller", "seller_question", topic)
            if _CLOSED_QUESTION.match(text) and " not " not in text:
                self.add(self.seller, text, asked)
                return
        raise LookupError(f"no closed question about {topic}")

    def mention_boss(self, role: str, boss: str) -> None:
        """Let the buyer speak of a colleague who is not here."""
        seen = any(boss in line.text for line in self.lines if line.person.side == "buyer")
        if not seen:
            mention = Mention("stakeholder", role, "mentioned")
            self.say(self.buyers[0], "stakeholder", "mentioned", mention, boss=boss)

    def listen(self) -> None:
        """Add a grumble or a sign of listening, as the mood has it."""
        if self.rng.random() < self.mood.pushback:
            self.say(self.buyers[0], "pushback", "")
        elif self.mood.wide_share and self.rng.random() < 0.3:
            self.say(self.buyers[0], "filler", "")
