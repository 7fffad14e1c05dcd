"""The sample workspace and its reference, read once."""

import pytest
from sample_files import Samples, read_samples


@pytest.fixture(scope="session")
def samples() -> Samples:
    """Return everything that lies in sample_audio/."""
    return read_samples()
