"""The examples in the docstrings of the evidence and of the profile run as written."""

import doctest
import importlib
import pkgutil

import pytest

import icp_voice.evidence
import icp_voice.icp

MODULES = ["icp_voice.intervals"] + [
    f"{package.__name__}.{module.name}"
    for package in (icp_voice.evidence, icp_voice.icp)
    for module in pkgutil.iter_modules(package.__path__)
]


@pytest.mark.parametrize("name", MODULES)
def test_examples_run(name: str) -> None:
    """Every >>> gives what the docstring says."""
    assert doctest.testmod(importlib.import_module(name)).failed == 0
