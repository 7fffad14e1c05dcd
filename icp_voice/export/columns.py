"""The enriched row as named columns: what CRM imports and review files are made of."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from icp_voice.export.fields import EnrichedDeal, Role, Said, readable
from icp_voice.export.text import clean, clock, cut, iso
from icp_voice.records import Level, Quote
from icp_voice.results import Analysis

ColumnType = Literal["text", "long_text", "number", "date", "choice"]
Cell = str | int

QUOTE_CHARS = 300
_LEVELS: dict[Level, str] = {
    "c_level": "C-level",
    "vp_director": "VP or director",
    "manager": "manager",
    "specialist": "specialist",
}


@dataclass(frozen=True)
class Column:
    """A column, and the custom field a CRM needs for it.

    Attributes:
        name: lower-case and stable; the name of the field in the CRM.
        options: the values a choice allows.
    """

    name: str
    label: str
    type: ColumnType
    description: str
    options: tuple[str, ...] = ()


COLUMNS = (
    Column("icp_score", "ICP score", "number", "Fit with the ideal customer profile, 0 to 100."),
    Column("icp_score_low", "ICP score, lowest", "number", "Score if all unknowns are absent."),
    Column("icp_score_high", "ICP score, highest", "number", "Score if all unknowns are present."),
    Column("icp_tier", "ICP tier", "choice", "A is the best fit.", options=("A", "B", "C")),
    Column("icp_reasons", "ICP reasons", "long_text", "What the score is made of, with points."),
    Column("icp_unknown", "ICP unknowns", "number", "Criteria that no call or field settles yet."),
    Column("icp_pains", "Pains", "long_text", "Problems the buyers told of, and who."),
    Column("icp_objections", "Objections", "long_text", "What holds them back, and who said it."),
    Column("icp_triggers", "Triggers", "long_text", "Events that make them look now."),
    Column("icp_roles_present", "Roles on calls", "long_text", "Roles that spoke or attended."),
    Column("icp_roles_mentioned", "Roles mentioned", "long_text", "Roles talked of, never there."),
    Column("icp_tools", "Tools in use", "text", "Products they work with today."),
    Column("icp_competitors", "Competitors", "text", "What they compare with."),
    Column("icp_key_moments", "Key moments", "long_text", "Last key moments: quote, call, time."),
    Column("icp_next_step", "Next step said", "long_text", "The follow-up agreed on last."),
    Column("icp_calls", "Analysed calls", "number", "Calls of this deal that were analysed."),
    Column("icp_last_call_on", "Last analysed call", "date", "Day of the newest of them."),
    Column("icp_profile", "ICP profile", "text", "The profile the score was made with."),
    Column("icp_data_until", "ICP data until", "date", "Newest date the analysis knew of."),
)


def row_of(deal: EnrichedDeal, analysis: Analysis) -> dict[str, Cell]:
    """Return column name -> cell; what is not known is an empty text, never a zero."""
    score = deal.score
    cells: dict[str, Cell] = {
        "icp_score": score.score if score else "",
        "icp_score_low": score.low if score else "",
        "icp_score_high": score.high if score else "",
        "icp_tier": score.tier if score else "",
        "icp_reasons": "\n".join(deal.reasons),
        "icp_unknown": score.n_unknown if score else "",
        "icp_pains": _topics(deal.pains),
        "icp_objections": _topics(deal.objections),
        "icp_triggers": _topics(deal.triggers),
        "icp_roles_present": "\n".join(map(_role, deal.roles_present)),
        "icp_roles_mentioned": "\n".join(map(_role, deal.roles_mentioned)),
        "icp_tools": ", ".join(readable(said.topic) for said in deal.tools),
        "icp_competitors": ", ".join(readable(said.topic) for said in deal.competitors),
        "icp_key_moments": "\n".join(map(_moment, deal.key_moments)),
        "icp_next_step": _place(deal.next_step) if deal.next_step else "",
        "icp_calls": deal.n_calls,
        "icp_last_call_on": iso(deal.last_call_on),
        "icp_profile": profile_name(analysis),
        "icp_data_until": iso(analysis.data_until),
    }
    return {name: clean(cell) if isinstance(cell, str) else cell for name, cell in cells.items()}


def profile_name(analysis: Analysis) -> str:
    """Return the name the score goes by; synthetic data is called so."""
    return f"{analysis.name} (synthetic sample data)" if analysis.synthetic else analysis.name


def quoted(quote: Quote) -> str:
    """Return the words in quotation marks, on one line, cut to a readable length."""
    return f"“{cut(' '.join(quote.text.split()), QUOTE_CHARS)}”"


def _topics(topics: Sequence[Said]) -> str:
    return "\n".join(_topic(said) for said in topics)


def _topic(said: Said) -> str:
    times = f", {said.n_times} times" if said.n_times > 1 else ""
    return f"{said.statement}: {', '.join(said.raised_by) or 'buyer'}{times}"


def _moment(said: Said) -> str:
    return f"{said.kind.capitalize()}, {said.statement}: {_place(said)}"


def _place(said: Said) -> str:
    day = f"{iso(said.called_on)}, " if said.called_on else ""
    return f"{quoted(said.last)} ({day}{said.last.call}, {clock(said.last.start_s)})"


def _role(role: Role) -> str:
    level = _LEVELS.get(role.level)
    shown = f"{readable(role.role)} ({level})" if level else readable(role.role)
    return f"{shown}: {', '.join(role.names)}" if role.names else shown
