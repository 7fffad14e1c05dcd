"""The steps after the calls are read: group themes, measure, keep and write what is known.

The steps before stand in `steps.py`.
"""

from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from icp_voice import match_tables, tables, views
from icp_voice.embedding import SentenceEmbedder
from icp_voice.progress import Reporter
from icp_voice.records import CallSummary, Deal, FailedInput, Theme
from icp_voice.results import Analysis
from icp_voice.steps import CrmFiles
from icp_voice.store import Store
from icp_voice.workspace import Workspace

if TYPE_CHECKING:
    from icp_voice.evidence.traits import TraitTable

QUOTES_PER_TRAIT = 12


def choose_evidence(store: Store, workspace: Workspace) -> None:
    """Tell the store whether poor calls count in what is joined from here on."""
    with store.transaction():
        tables.save_evidence_settings(store, include_poor=workspace.config.evidence.include_poor)


def group_themes(
    store: Store, workspace: Workspace, embedder: SentenceEmbedder, reporter: Reporter
) -> tuple[Theme, ...]:
    """Group what the buyers said; ids of themes that live on are kept."""
    from icp_voice.themes.clustering import find_themes

    lines = tables.load_buyer_lines(store)
    reporter.stage("Grouping themes", 0)
    previous = tables.load_themes(store)
    themes = find_themes(lines, embedder, workspace.config.themes, previous=previous)
    with store.transaction():
        tables.save_themes(store, themes)
    return tables.load_themes(store)


def measure(
    store: Store,
    workspace: Workspace,
    crm: CrmFiles,
    themes: tuple[Theme, ...],
    failures: tuple[FailedInput, ...],
    embedder: SentenceEmbedder,
    reporter: Reporter,
) -> Analysis:
    """Join calls to deals, measure every trait, propose criteria and score the deals."""
    from icp_voice.evidence.measure import measure as measure_traits
    from icp_voice.icp.criteria import propose
    from icp_voice.icp.scorecard import score_deals

    config = workspace.config
    reporter.stage("Measuring", 0)
    deals = tables.load_deals(store)
    table = _trait_table(store, workspace, deals)
    measurement = measure_traits(table, deals, config.evidence)
    quotes = views.load_trait_quotes(store, per_trait=QUOTES_PER_TRAIT)
    statements = _statements(workspace, themes, table.traits)
    reporter.stage("Proposing criteria", 0)
    profile = propose(
        measurement, table, deals, quotes=quotes, statements=statements, config=config.icp
    )
    scores = score_deals(profile, table, deals, quotes=quotes, config=config.icp)
    calls = views.load_call_summaries(store)
    return Analysis(
        name=workspace.name,
        synthetic=config.synthetic,
        data_until=_latest_day(deals, calls),
        deals=deals,
        calls=calls,
        measurement=measurement,
        profile=profile,
        scores=scores,
        themes=themes,
        deal_signals=views.load_deal_signals(store),
        statements=statements,
        quotes=quotes,
        unmatched=match_tables.load_unmatched(store),
        failures=failures,
        rejected_rows=crm.rejected,
        sentence_model=embedder.name,
    )


def state_of_calls(store: Store) -> list[tuple[object, ...]]:
    """Return what every result rests on: the finished jobs and the calls' deals, in order."""
    return [
        *store.rows(
            "SELECT stage, input_key, parameters_hash, status FROM jobs "
            "WHERE stage IN ('transcribe', 'extract') ORDER BY ALL"
        ),
        *store.rows("SELECT * EXCLUDE (path) FROM call_deals ORDER BY ALL"),
    ]


def save_analysis(store: Store, fingerprint: str, analysis: Analysis) -> None:
    """Keep the results as tables and as one document, in place of the ones before."""
    document = msgspec.json.encode(analysis).decode("utf-8")
    with store.transaction():
        tables.save_results(store, analysis)
        store.execute("DELETE FROM analyses")
        store.insert("analyses", ("fingerprint", "analysis"), [(fingerprint, document)])


def load_analysis(store: Store, fingerprint: str) -> Analysis | None:
    """Return the kept analysis if it rests on exactly this, else None."""
    found = store.rows("SELECT analysis FROM analyses WHERE fingerprint = ?", [fingerprint])
    return msgspec.json.decode(found[0][0], type=Analysis) if found else None


def write_outputs(
    workspace: Workspace, analysis: Analysis, reporter: Reporter, *, anew: bool
) -> tuple[Path, tuple[Path, ...]]:
    """Write the report and the exports; with `anew` False only what is missing.

    Raises:
        ExportError: a file can't be written.
    """
    from icp_voice.export.exports import EXPORT_NAMES, write_exports
    from icp_voice.report.report import write_report

    exports = tuple(workspace.exports_path / name for name in EXPORT_NAMES)
    if anew or not workspace.report_path.is_file():
        reporter.stage("Writing report", 0)
        write_report(analysis, workspace.report_path)
    if anew or not all(path.is_file() for path in exports):
        reporter.stage("Writing exports", 0)
        exports = write_exports(analysis, workspace.exports_path)
    return workspace.report_path, exports


def _trait_table(store: Store, workspace: Workspace, deals: tuple[Deal, ...]) -> "TraitTable":
    """Fold what was heard and what the CRM says into one row a deal."""
    from icp_voice.evidence.columns import attribute_table
    from icp_voice.evidence.observations import table_from_observations
    from icp_voice.evidence.traits import join_tables
    from icp_voice.ingest.deals_words import company_columns

    heard = store.columns(
        "SELECT deal_id, trait, value, known_at, call_number FROM deal_traits "
        "ORDER BY deal_id, call_number, trait"
    )
    said = table_from_observations(
        heard["deal_id"],
        heard["trait"],
        heard["value"],
        heard["known_at"],
        deals=deals,
        call_numbers=heard["call_number"],
    )
    # The segment is what is compared inside; what names one company is no property of companies.
    leave_out = (workspace.config.evidence.stratify_by, *company_columns(deals))
    recorded = attribute_table(deals, leave_out=leave_out)
    return said if recorded is None else join_tables(said, recorded)


def _statements(
    workspace: Workspace, themes: Sequence[Theme], traits: Sequence[str]
) -> dict[str, str]:
    """Return how a sales lead would say each trait."""
    from icp_voice.extract.extractor import load_extractor

    said = dict(load_extractor(workspace.config.extract).statements)
    said |= {f"theme/{t.theme_id}": f"Talks about: {t.label}" for t in themes}
    for trait in traits:
        kind, _, rest = trait.partition("/")
        if kind == "attribute":
            column, _, value = rest.partition("=")
            said[trait] = f"{column.replace('_', ' ').capitalize()}: {value}"
    return {trait: said[trait] for trait in traits if trait in said}


def _latest_day(deals: Sequence[Deal], calls: Sequence[CallSummary]) -> date | None:
    days = [day for d in deals for day in (d.created_on, d.closed_on) if day is not None]
    days += [c.called_on for c in calls if c.called_on is not None]
    return max(days, default=None)
