"""Deals for people to open in a spreadsheet: hot ones first, and nothing that runs as a formula.

UTF-8 with a byte-order mark, which Excel needs to read it as such. Not for import: texts that
start like a formula carry an apostrophe (OWASP ASVS 1.2.10).
"""

import csv
import io

from icp_voice.export.columns import COLUMNS, Cell, row_of
from icp_voice.export.fields import EnrichedDeal
from icp_voice.export.text import clean, cut, defuse
from icp_voice.results import Analysis

MAX_CHARS = 32_000  # a cell of Excel holds 32,767
_DEAL_LABELS = ("Deal", "Name", "Outcome", "Account", "Owner")


def review_csv(deals: tuple[EnrichedDeal, ...], analysis: Analysis) -> str:
    """Return the review file: open deals first, then by score; labels in the header."""
    out = io.StringIO()
    out.write("\ufeff")
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow([*_DEAL_LABELS, *(column.label for column in COLUMNS)])
    for deal in sorted(deals, key=_hot_first):
        of_deal = deal.deal
        known = (of_deal.deal_id, of_deal.name, of_deal.outcome, of_deal.account_id, of_deal.owner)
        row = row_of(deal, analysis)
        writer.writerow(
            [
                *(_safe(clean(value or "")) for value in known),
                *(_safe(row[column.name]) for column in COLUMNS),
            ]
        )
    return out.getvalue()


def _hot_first(deal: EnrichedDeal) -> tuple[bool, int, str]:
    score = deal.score.score if deal.score else -1
    return deal.deal.outcome != "open", -score, deal.deal.deal_id


def _safe(cell: Cell) -> Cell:
    return defuse(cut(cell, MAX_CHARS)) if isinstance(cell, str) else cell
