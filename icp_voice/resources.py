"""Find `pipelines/`, `models/` and `sample_audio/`, in a checkout and in an installed wheel.

In a checkout they stand beside the package; the wheel carries them inside it as `_resources/`
(see `force-include` in pyproject.toml).
"""

from pathlib import Path

from icp_voice.errors import WorkspaceError

_PACKAGE = Path(__file__).resolve().parent
_ROOTS = (_PACKAGE / "_resources", _PACKAGE.parent)


def resource_path(*parts: str) -> Path:
    """Return the path of a shipped file or folder, such as `resource_path("pipelines", "sql")`.

    Raises:
        WorkspaceError: the installation lacks it.
    """
    for root in _ROOTS:
        candidate = root.joinpath(*parts)
        if candidate.exists():
            return candidate
    name = "/".join(parts)
    raise WorkspaceError(
        f"{name} is missing from this installation of icp-voice. "
        "Reinstall it: pip install --force-reinstall icp-voice.",
        path=_ROOTS[-1].joinpath(*parts),
    )
