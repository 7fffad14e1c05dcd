"""What all tests share: the shipped resources, and a guard that nothing reaches the network."""

import socket
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent


@pytest.fixture(autouse=True)
def _no_network(monkeypatch: pytest.MonkeyPatch) -> None:
    """Fail any test that would leave this machine."""
    connect = socket.socket.connect

    def local_only(self: socket.socket, address: object) -> None:
        if self.family in (socket.AF_INET, socket.AF_INET6):
            host = address[0] if isinstance(address, tuple) else ""
            assert host in ("127.0.0.1", "::1", "localhost"), "a test tried to reach the network"
        connect(self, address)  # type: ignore[arg-type]

    monkeypatch.setattr(socket.socket, "connect", local_only)


@pytest.fixture(scope="session")
def root() -> Path:
    """The checkout."""
    return ROOT


@pytest.fixture(scope="session")
def tiny_model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder in the shape of Whisper `tiny` with random weights; not to be written into."""
    from whisper_folders import TINY, build_whisper_folder

    return build_whisper_folder(tmp_path_factory.mktemp("models") / "tiny", TINY)


@pytest.fixture(scope="session")
def large_v3_model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A small folder with what sets large-v3 apart, random weights; not to be written into."""
    from whisper_folders import LARGE_V3_LIKE, build_whisper_folder

    return build_whisper_folder(tmp_path_factory.mktemp("models") / "large-v3", LARGE_V3_LIKE)


@pytest.fixture
def model_places(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> tuple[Path, Path]:
    """An empty models folder and an empty hub cache instead of this machine's own."""
    from huggingface_hub import constants

    own, cache = tmp_path / "own-models", tmp_path / "hub-cache"
    monkeypatch.setenv("ICP_VOICE_MODELS", str(own))
    monkeypatch.setattr(constants, "HF_HUB_CACHE", str(cache))
    return own, cache
