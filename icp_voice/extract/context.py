"""Is what was said a fact about the speaker's company, now? ConText rules for speech.

A trigger ("not", "if", "used to", "one of our clients") changes the status of what stands in its
direction, up to the end of its clause or 8 tokens, unless a terminator ("but") stands between.
Triggers inside the matched words are part of the meaning ("can not see") and change nothing.

Source: Harkema, Dowling, Thornblade, Chapman (2009), J Biomed Inform 42, ConText; the scope of 8
tokens is the method's decision.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from icp_voice.errors import TaxonomyError
from icp_voice.extract.language import Sentence
from icp_voice.extract.patterns import PatternCompiler, PatternIndex
from icp_voice.extract.taxonomy import ContextRule
from icp_voice.records import Status

SCOPE_TOKENS = 8
SENTENCE_SCOPE_TOKENS = 25
# Where several triggers reach a match, the first of these decides.
PRECEDENCE: tuple[Status, ...] = ("other_party", "hypothetical", "past", "negated")


@dataclass(frozen=True)
class Trigger:
    """A context trigger found in a sentence: tokens `first` <= i < `last`."""

    rule: ContextRule
    first: int
    last: int


class ContextReader:
    """Finds the status of matches in sentences of one language. Made once and reused."""

    def __init__(self, compiler: PatternCompiler, rules: Sequence[ContextRule]) -> None:
        """Compile the rules.

        Raises:
            TaxonomyError: a rule's pattern can't be compiled, with file and line.
        """
        self._index = PatternIndex()
        for rule in rules:
            try:
                self._index.add(compiler.compile(rule.pattern.text), rule)
            except TaxonomyError as error:
                where = f"{rule.pattern.path.name} line {rule.pattern.line}"
                raise TaxonomyError(f"{where}: {error}.", path=rule.pattern.path) from error

    def triggers(self, sentence: Sentence) -> tuple[Trigger, ...]:
        """Return the triggers of a sentence; those inside a pseudo-trigger are left out."""
        found = []
        for match, meaning in self._index.search(sentence):
            assert isinstance(meaning, ContextRule)
            found.append(Trigger(meaning, match.first, match.last))
        pseudo = [t for t in found if t.rule.category == "pseudo"]
        return tuple(
            t
            for t in found
            if t.rule.category != "pseudo"
            and not any(p.first <= t.first and t.last <= p.last for p in pseudo)
        )

    def statuses(
        self, sentence: Sentence, triggers: Sequence[Trigger], first: int, last: int
    ) -> frozenset[Status]:
        """Return every status that a trigger gives to the tokens `first` <= i < `last`."""
        stops = [t for t in triggers if t.rule.category == "terminator"]
        found: set[Status] = set()
        for trigger in triggers:
            category = trigger.rule.category
            if category == "terminator" or not (trigger.last <= first or trigger.first >= last):
                continue
            if _reaches(trigger, first, last, sentence, stops):
                found.add(category)  # type: ignore[arg-type]
        return frozenset(found)


def decide(statuses: frozenset[Status], allowed: Sequence[str]) -> Status:
    """Return the one status of a match out of those its context gives it.

    Examples:
        >>> decide(frozenset({"negated", "past"}), ("negated", "past"))
        'past'
        >>> decide(frozenset({"negated"}), ())
        'asserted'
    """
    return next((s for s in PRECEDENCE if s in statuses and s in allowed), "asserted")


def _reaches(
    trigger: Trigger, first: int, last: int, sentence: Sentence, stops: Sequence[Trigger]
) -> bool:
    """Return whether a trigger's scope holds the match."""
    before = trigger.last <= first
    if before and trigger.rule.direction == "backward":
        return False
    if not before and trigger.rule.direction == "forward":
        return False
    gap_first, gap_last = (trigger.last, first) if before else (last, trigger.first)
    limit = SCOPE_TOKENS if trigger.rule.scope == "clause" else SENTENCE_SCOPE_TOKENS
    if gap_last - gap_first > limit:
        return False
    if any(gap_first <= stop.first < max(gap_last, gap_first + 1) and stop.last <= gap_last
           for stop in stops):  # fmt: skip
        return False
    if trigger.rule.scope == "sentence":
        return True
    tokens = sentence.tokens[gap_first : gap_last + 1]
    return not any(token.breaks for token in tokens)
