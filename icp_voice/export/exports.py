"""Write all export files of a run; a file is either the old one or the new one, never half."""

import logging
import os
from collections.abc import Callable, Mapping
from contextlib import suppress
from pathlib import Path

from icp_voice.errors import ExportError
from icp_voice.export.deals_json import deals_json
from icp_voice.export.fields import EnrichedDeal, enrich_deals
from icp_voice.export.hubspot import hubspot_csv, hubspot_properties
from icp_voice.export.review_csv import review_csv
from icp_voice.records import Analysis

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
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise ExportError(
            f"The export folder {folder} can't be made ({error.strerror or error}); remove what "
            "stands in its place, or choose another folder.",
            path=folder,
        ) from error
    paths = tuple(folder / name for name in EXPORT_NAMES)
    for path, make_text in zip(paths, _WRITERS.values(), strict=True):
        write_atomically(path, make_text(deals, analysis))
    log.info("exports: %d deals, %d files", len(deals), len(paths))
    return paths


def write_atomically(path: Path, text: str) -> None:
    """Write UTF-8 text beside the file and put it in its place in one step.

    Raises:
        ExportError: the file can't be written; the one that was there is untouched.
    """
    temporary = path.with_name(f".{path.name}.{os.getpid()}.tmp")
    try:
        temporary.write_text(text, encoding="utf-8", newline="")
        temporary.replace(path)
    except OSError as error:
        with suppress(OSError):
            temporary.unlink(missing_ok=True)
        raise ExportError(
            f"{path} can't be written ({error.strerror or error}); close it where it is open, or "
            "make the folder writable, and run again.",
            path=path,
        ) from error
