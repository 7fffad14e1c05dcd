"""What holds for the project as a whole."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

STAGES = ("ingest", "transcribe", "extract", "themes", "evidence", "icp", "export", "report")
HEAVY = {"torch", "ctranslate2", "faster_whisper", "spacy", "sklearn", "scipy", "duckdb", "numpy"}


def imported_modules(path: Path) -> set[str]:
    """Every module a file imports, at the top or inside a function."""
    found = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found.add(node.module)
            found |= {f"{node.module}.{alias.name}" for alias in node.names}
    return found


@pytest.mark.parametrize("stage", STAGES)
def test_stages_import_no_other_stage(root: Path, stage: str) -> None:
    """Stages meet in the pipeline only; icp alone builds on evidence, whose table it scores."""
    allowed = {"icp": {"evidence"}}.get(stage, set())
    others = {other for other in STAGES if other != stage} - allowed
    forbidden = {f"icp_voice.{name}" for name in (*others, "cli", "pipeline", "steps", "store")}
    for path in (root / "icp_voice" / stage).rglob("*.py"):
        wrong = {
            module
            for module in imported_modules(path)
            if any(module == f or module.startswith(f + ".") for f in forbidden)
        }
        assert not wrong, f"{path.relative_to(root)} imports {sorted(wrong)}"


def test_only_the_command_line_imports_user_interface_libraries(root: Path) -> None:
    """Library code never prints: click and rich are the command line's."""
    for path in (root / "icp_voice").rglob("*.py"):
        if "cli" in path.parts:
            continue
        tops = {module.split(".")[0] for module in imported_modules(path)}
        assert not tops & {"click", "rich"}, path


def test_help_loads_nothing_heavy() -> None:
    """The command line is ready before any model library is imported."""
    code = "import sys, icp_voice.cli.main; print(*sys.modules)"
    said = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    ).stdout
    assert not HEAVY & {name.split(".")[0] for name in said.split()}


def test_every_command_is_in_the_readme(root: Path) -> None:
    """A command a user can type is explained where users look first."""
    from icp_voice.cli.main import cli

    readme = (root / "README.md").read_text(encoding="utf-8")
    missing = [name for name in cli.commands if f"icp-voice {name}" not in readme]
    assert not missing


def test_modules_stay_readable(root: Path) -> None:
    """No module of the package grows past 500 lines."""
    long = {
        str(path.relative_to(root)): n
        for path in (root / "icp_voice").rglob("*.py")
        if (n := len(path.read_text(encoding="utf-8").splitlines())) > 500
    }
    assert not long
