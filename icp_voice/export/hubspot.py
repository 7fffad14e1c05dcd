"""Deals as HubSpot imports them, and the custom properties they need.

`Record ID` is HubSpot's own key of a deal; a file with it updates deals and creates none. The
header of every other column is the name of a property. The cells are not escaped for
spreadsheets: an apostrophe would end up in the CRM. Open the review file instead.

Source: HubSpot knowledge base, "Set up your import files"; API `POST
/crm/v3/properties/deals/batch/create` for the definitions.
"""

import csv
import io
import json

from icp_voice.export.columns import COLUMNS, Column, ColumnType, row_of
from icp_voice.export.fields import EnrichedDeal
from icp_voice.export.text import cut
from icp_voice.results import Analysis

KEY = "Record ID"
MAX_CHARS = 65_536
_GROUP = "dealinformation"  # every HubSpot account has this group of deal properties
_TYPES: dict[ColumnType, tuple[str, str]] = {
    "text": ("string", "text"),
    "long_text": ("string", "textarea"),
    "number": ("number", "number"),
    "date": ("date", "date"),
    "choice": ("enumeration", "select"),
}


def hubspot_csv(deals: tuple[EnrichedDeal, ...], analysis: Analysis) -> str:
    """Return the import file: one row a deal, cells cut to HubSpot's limit."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow([KEY, *(column.name for column in COLUMNS)])
    for deal in deals:
        row = row_of(deal, analysis)
        cells = [row[column.name] for column in COLUMNS]
        writer.writerow(
            [
                deal.deal.deal_id,
                *(cut(cell, MAX_CHARS) if isinstance(cell, str) else cell for cell in cells),
            ]
        )
    return out.getvalue()


def hubspot_properties() -> str:
    """Return the body of the API call that creates the custom properties, as JSON."""
    inputs = [_property(column, order) for order, column in enumerate(COLUMNS, start=1)]
    return json.dumps({"inputs": inputs}, indent=2, ensure_ascii=False) + "\n"


def _property(column: Column, order: int) -> dict[str, object]:
    kind, field_kind = _TYPES[column.type]
    definition: dict[str, object] = {
        "name": column.name,
        "label": column.label,
        "description": column.description,
        "groupName": _GROUP,
        "type": kind,
        "fieldType": field_kind,
        "displayOrder": order,
    }
    if column.options:
        definition["options"] = [
            {"label": option, "value": option, "displayOrder": number, "hidden": False}
            for number, option in enumerate(column.options, start=1)
        ]
    return definition
