"""icp-voice.toml."""

from pathlib import Path

import pytest

from icp_voice.config import Config, load_config
from icp_voice.errors import ConfigError


def write(tmp_path: Path, text: str) -> Path:
    path = tmp_path / "icp-voice.toml"
    path.write_text(text, encoding="utf-8")
    return path


def test_missing_file_means_defaults(tmp_path: Path) -> None:
    """Without a configuration file every setting has its default."""
    assert load_config(tmp_path / "icp-voice.toml") == Config()


def test_values_override_defaults(tmp_path: Path) -> None:
    """What the file says wins; lists become tuples and whole numbers may stand for floats."""
    config = load_config(
        write(tmp_path, 'name = "Acme"\n[transcribe]\nlanguages = ["pl"]\nturn_gap_s = 3\n')
    )
    assert config.name == "Acme"
    assert config.transcribe.languages == ("pl",)
    assert config.transcribe.turn_gap_s == 3.0


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ('[transcribe]\nmodle = "small"\n', "unknown key 'modle'. Did you mean 'model'?"),
        ("[icp]\nmax_criteria = true\n", "max_criteria must be int, not True"),
        ('[ingest]\ndate_order = "us"\n', "date_order is 'us'; accepted: ''"),
        ('[ingest]\nrecordings = "calls"\n', "recordings must be a list of str"),
        ("transcribe = 1\n", "transcribe must be a table"),
        ("name = \n", "is not valid TOML"),
    ],
)
def test_wrong_setting_is_one_sentence(tmp_path: Path, text: str, message: str) -> None:
    """A wrong key or value is named with what is accepted."""
    with pytest.raises(ConfigError, match="icp-voice.toml") as caught:
        load_config(write(tmp_path, text))
    assert message in str(caught.value)


@pytest.mark.parametrize(("toml", "said"), [('["en", "de"]', "'de' is not known"), ("[]", "none")])
def test_languages_must_be_known(tmp_path: Path, toml: str, said: str) -> None:
    """A language without patterns or letters, or none at all, is refused by name."""
    path = tmp_path / "icp-voice.toml"
    path.write_text(f"[transcribe]\nlanguages = {toml}\n", encoding="utf-8")
    with pytest.raises(ConfigError, match=rf"Languages: {said}.*; accepted are en, ru, uk, pl\."):
        load_config(path)
