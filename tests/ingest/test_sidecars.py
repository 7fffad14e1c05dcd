"""The file beside a recording."""

from datetime import date, time
from pathlib import Path

import pytest

from icp_voice.config import IngestConfig
from icp_voice.errors import DealsFileError
from icp_voice.ingest.recordings import scan_sources
from icp_voice.ingest.sidecars import find_sidecar, read_sidecar, read_sidecars
from icp_voice.records import Participant, SourceFile


def write(path: Path, text: str) -> Path:
    path.write_text(text, encoding="utf-8")
    return path


def test_json_and_toml_say_the_same(tmp_path: Path) -> None:
    """Deal, day, time, title and people are read from either form."""
    from_json = write(
        tmp_path / "a.mp3.meta.json",
        '{"deal_id": 17, "started_at": "2025-03-04T10:15:00+02:00", "title": "Acme intro", '
        '"duration": 60, "attendees": [{"name": "Bo Chan", "title": "CTO", "side": "buyer", '
        '"email": "bo@acme.example"}, "Ann Lee | AE | seller"]}',
    )
    from_toml = write(
        tmp_path / "a.meta.toml",
        'deal_id = "17"\nstarted_at = 2025-03-04T10:15:00+02:00\ntitle = "Acme intro"\n'
        'attendees = [{name = "Bo Chan", title = "CTO", side = "buyer", '
        'email = "bo@acme.example"}, "Ann Lee | AE | seller"]\n',
    )
    for path in (from_json, from_toml):
        entry = read_sidecar(path, IngestConfig())
        assert (entry.deal_id, entry.title) == ("17", "Acme intro")
        assert (entry.called_on, entry.started) == (date(2025, 3, 4), time(10, 15))
        assert entry.participants == (
            Participant("Bo Chan", "buyer", "CTO", "bo@acme.example"),
            Participant("Ann Lee", "seller", "AE"),
        )


def test_sidecar_is_found_and_is_no_transcript(tmp_path: Path) -> None:
    """The full name goes first; the sidecar itself is never scanned as a call."""
    call = write(tmp_path / "a.mp3", "x")
    assert find_sidecar(call) is None
    short = write(tmp_path / "a.meta.json", "{}")
    assert find_sidecar(call) == short
    full = write(tmp_path / "a.mp3.meta.toml", "")
    assert find_sidecar(call) == full
    assert [s.path for s in scan_sources([tmp_path]).sources] == [call]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("{", "it is not JSON"),
        ("[]", "an object with keys is expected"),
        ('{"duration": 3}', "none of the known keys"),
        ('{"dealid": "D-1"}', "did you mean 'deal_id'?"),
        ('{"date": "2025-14-01"}', 'date "2025-14-01" is not a date'),
        ('{"attendees": [{"name": "Bo", "side": "boss"}]}', "side 'boss' is not buyer or seller"),
        ('{"attendees": [{"title": "CTO"}]}', "neither name nor email"),
        ('{"deal_id": ["D-1"]}', "deal_id must be text"),
    ],
)
def test_wrong_sidecar_is_named_and_stops_nothing(tmp_path: Path, text: str, said: str) -> None:
    """What is wrong is one sentence; the batch goes on without the sidecar."""
    call = write(tmp_path / "a.mp3", "x")
    path = write(tmp_path / "a.mp3.meta.json", text)
    with pytest.raises(DealsFileError, match=r"a\.mp3\.meta\.json can't be used") as caught:
        read_sidecar(path, IngestConfig())
    assert said in str(caught.value)
    source = SourceFile("c1", "c1" * 32, call, "recording", 1)
    found, broken = read_sidecars([source], IngestConfig())
    assert found == {}
    assert [failure.name for failure in broken] == ["a.mp3.meta.json"]
