"""The pages the report's tests look at, rendered once."""

import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))

from report_samples import edge_analysis, market_analysis

from icp_voice.report.report import render_report
from icp_voice.results import Analysis


@pytest.fixture(scope="session")
def market() -> Analysis:
    """150 invented deals with criteria, themes, noise and bias."""
    return market_analysis()


@pytest.fixture(scope="session")
def market_page(market: Analysis) -> str:
    """The report of the invented market."""
    return render_report(market)


@pytest.fixture(scope="session")
def edge() -> Analysis:
    """Six deals with hostile names, no criteria, no themes."""
    return edge_analysis()


@pytest.fixture(scope="session")
def edge_page(edge: Analysis) -> str:
    """The report of the six deals."""
    return render_report(edge)
