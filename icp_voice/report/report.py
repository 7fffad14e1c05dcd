"""Write the offline report: one HTML file that loads nothing, runs nothing and keeps its bytes."""

import base64
import hashlib
import logging
import time
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from icp_voice.files import write_atomically
from icp_voice.results import Analysis

if TYPE_CHECKING:
    import jinja2

logger = logging.getLogger(__name__)


def write_report(analysis: Analysis, path: Path) -> None:
    """Write the report of a run; a report that was there before is replaced at once or not at all.

    Args:
        analysis: what the run found out; equal analyses give equal bytes.
        path: the HTML file; its folder is made if it is missing.

    Raises:
        ExportError: the file can't be written.
    """
    started = time.perf_counter()
    page = render_report(analysis)
    write_atomically(path, page)
    logger.info(
        "report: %d criteria, %d themes, %d characters, in %.1f s",
        len(analysis.profile.criteria),
        len(analysis.themes),
        len(page),
        time.perf_counter() - started,
    )


def render_report(analysis: Analysis) -> str:
    """Return the report as HTML.

    The page may load nothing: its policy allows the one style sheet inside it, by hash, and no
    script, image, font, form or connection. Everything from calls and the CRM is escaped.
    """
    from markupsafe import Markup

    from icp_voice.report.page import build_page

    environment = _environment()
    loader = environment.loader
    assert loader is not None
    style = "\n" + loader.get_source(environment, "report.css")[0].replace("\r\n", "\n")
    digest = base64.b64encode(hashlib.sha256(style.encode("utf-8")).digest()).decode("ascii")
    template = environment.get_template("report.html.j2")
    return template.render(
        page=build_page(analysis),
        style=Markup(style),  # noqa: S704 - the package's own style sheet, no user text
        style_hash=digest,
        svg=Markup,
    )


@cache
def _environment() -> "jinja2.Environment":
    import jinja2

    return jinja2.Environment(
        loader=jinja2.PackageLoader("icp_voice.report", "templates"),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        newline_sequence="\n",
    )
