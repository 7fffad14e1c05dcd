"""Write all export files of a run; a file is either the old one or the new one, never half."""

import logging
from collections.abc import Callable, Mapping
from pathlib import Path

from icp_voice.export.deals_json import deals_json
from icp_voice.export.fields import EnrichedDeal, enrich_deals
from icp_voice.export.hubspot import hubspot_csv, hubspot_properties
from icp_voice.export.review_csv import review_csv
from icp_voice.files import write_atomically
from icp_voice.results import Analysis

log = logging.getLogger(__name__)

_WRITERS: Mapping[str, Callable[[tuple[EnrichedDeal, ...], Analysis], str]] = {
    "hubspot.csv": hubspot_csv,
    "hubspot-properties.json": lambda deals, analysis: hubspot_properties(),
    "deals.json": deals_json,
    "review.csv": review_csv,
}
EXPORT_NAMES = tuple(_WRITERS)


def write_exports(analysis: Analysis, folder: Path) -> tuple[Path, ...]:
    """Write every export of an analysis into a folder, and return the files.

    The same analysis gives the same bytes.

    Raises:
        ExportError: the folder or a file can't be written.
    """
    deals = enrich_deals(analysis)
    paths = tuple(folder / name for name in EXPORT_NAMES)
    for path, make_text in zip(paths, _WRITERS.values(), strict=True):
        write_atomically(path, make_text(deals, analysis))
    log.info("exports: %d deals, %d files", len(deals), len(paths))
    return paths
