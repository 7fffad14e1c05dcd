"""Figures and records as words a sales lead reads; every page and chart says them the same way."""

from collections.abc import Sequence
from datetime import date

from icp_voice.results import Finding, Interval, Verdict

MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
LANGUAGE_NAMES = {"en": "English", "ru": "Russian", "uk": "Ukrainian", "pl": "Polish"}
VERDICT_NAMES: dict[Verdict, str] = {
    "proven": "holds in this data",
    "promising": "promising, not proven",
    "noise": "no different from noise",
    "biased": "biased",
    "set_aside": "set aside",
}
LONGEST_NAME = 90
LONGEST_QUOTE = 360


def say_count(n: int, noun: str, plural: str | None = None) -> str:
    """Return a number with its noun.

    >>> say_count(1, "deal"), say_count(1200, "deal")
    ('1 deal', '1,200 deals')
    """
    return f"{n:,} {noun if n == 1 else plural or noun + 's'}"


def say_share(share: float) -> str:
    """Return a share in [0, 1] as a whole percentage.

    >>> say_share(0.706)
    '71%'
    """
    return f"{share:.0%}"


def say_number(value: float) -> str:
    """Return a ratio with the digits that mean something: two below 1, one to 10, none above.

    >>> say_number(0.154), say_number(3.14), say_number(12.3)
    ('0.15', '3.1', '12')
    """
    if value < 0.995:
        return f"{value:.2f}"
    return f"{value:.1f}" if value < 9.95 else f"{value:.0f}"


def say_interval(interval: Interval) -> str:
    """Return an interval of ratios.

    >>> say_interval(Interval(1.94, 5.12, 0.9))
    '1.9 to 5.1'
    """
    return f"{say_number(interval.low)} to {say_number(interval.high)}"


def say_share_interval(interval: Interval) -> str:
    """Return an interval of shares.

    >>> say_share_interval(Interval(0.4, 0.89, 0.95))
    '40% to 89%'
    """
    return f"{say_share(interval.low)} to {say_share(interval.high)}"


def say_confidence(interval: Interval) -> str:
    """Return what an interval is called, such as `90% interval`."""
    return f"{say_share(interval.confidence)} interval"


def say_counts(finding: Finding) -> str:
    """Return how deals with and without the trait ended, of those where it is known."""
    with_n, without_n = n_with(finding), n_without(finding)
    return (
        f"won {finding.present_won} of {with_n} with it, "
        f"{finding.absent_won} of {without_n} without"
    )


def say_effect(finding: Finding) -> str:
    """Return what to expect of a trait: the shrunken odds ratio in words, with its interval."""
    ratio, interval = finding.odds_ratio_shrunken, finding.interval_90
    if ratio is None or interval is None:
        return "Too few deals to say how strong it is."
    lower = f", that is {say_number(1 / ratio)} times lower" if ratio < 0.95 else ""
    return (
        f"Expect about {say_number(ratio)} times the odds of winning{lower} "
        f"({say_confidence(interval)} {say_interval(interval)})."
    )


def say_date(day: date | None) -> str:
    """Return a date that reads the same in every country.

    >>> say_date(date(2026, 5, 4)), say_date(None)
    ('4 May 2026', 'date not known')
    """
    return f"{day.day} {MONTHS[day.month - 1]} {day.year}" if day else "date not known"


def say_clock(seconds: float) -> str:
    """Return a time in a call as minutes and seconds, as players show it.

    >>> say_clock(185.9), say_clock(3725.0)
    ('3:05', '62:05')
    """
    whole = max(0, int(seconds))
    return f"{whole // 60}:{whole % 60:02d}"


def say_hours(seconds: float) -> str:
    """Return a total duration: minutes below two hours, then hours.

    >>> say_hours(600), say_hours(90000)
    ('10 min', '25.0 h')
    """
    return f"{seconds / 60:.0f} min" if seconds < 7200 else f"{seconds / 3600:,.1f} h"


def say_language(code: str) -> str:
    """Return a language's English name, or its code where it is none of ours."""
    return LANGUAGE_NAMES.get(code, code)


def say_trait(trait: str) -> str:
    """Return a trait without a statement by its id, made readable.

    >>> say_trait("stakeholder/it/c_level/present"), say_trait("attribute/industry=retail")
    ('Stakeholder: it, c level, present', 'Industry: retail')
    """
    kind, _, rest = trait.partition("/")
    column, is_attribute, value = rest.partition("=")
    if is_attribute:
        return f"{column.replace('_', ' ').capitalize()}: {value}"
    said = ", ".join(rest.replace("_", " ").split("/"))
    return f"{kind.capitalize()}: {said}" if rest else trait


def say_list(items: Sequence[str]) -> str:
    """Join names in a sentence.

    >>> say_list(["a", "b", "c"])
    'a, b and c'
    """
    if len(items) < 2:
        return "".join(items)
    return f"{', '.join(items[:-1])} and {items[-1]}"


def cut(text: str, longest: int) -> str:
    """Cut a text at a word, with a mark; a text that fits stays as it is.

    >>> cut("one two three", 9)
    'one two…'
    """
    # file names may hold bytes that are no UTF-8 (surrogates)
    flat = " ".join(text.encode("utf-8", "replace").decode("utf-8").split())
    if len(flat) <= longest:
        return flat
    head = flat[: longest - 1]
    space = head.rfind(" ")
    return (head[:space] if space > longest // 2 else head).rstrip(" ,;:.") + "…"


def n_with(finding: Finding) -> int:
    """Count the closed deals that have the trait."""
    return finding.present_won + finding.present_lost


def n_without(finding: Finding) -> int:
    """Count the closed deals that are known not to have the trait."""
    return finding.absent_won + finding.absent_lost


def rate_with(finding: Finding) -> float | None:
    """Return the win rate of the deals with the trait; None without any."""
    n = n_with(finding)
    return finding.present_won / n if n else None


def rate_without(finding: Finding) -> float | None:
    """Return the win rate of the deals without the trait; None without any."""
    n = n_without(finding)
    return finding.absent_won / n if n else None
