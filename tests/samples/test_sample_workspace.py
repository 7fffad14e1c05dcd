"""The sample workspace is consistent, small, and labelled as synthetic."""

import re
from datetime import date

from sample_files import Samples

from icp_voice.config import load_config

MAX_AUDIO_BYTES = 8_000_000


def _files(samples: Samples) -> set[str]:
    return {
        path.relative_to(samples.workspace).as_posix()
        for folder in ("recordings", "transcripts")
        for path in (samples.workspace / folder).rglob("*.*")
    }


def test_every_listed_call_exists_and_belongs_to_a_known_deal(samples: Samples) -> None:
    """calls.csv names files that are there, of deals that deals.csv has, with both sides."""
    files = _files(samples)
    for row in samples.calls:
        assert row["file"] in files
        assert row["deal_id"] in samples.deals
        date.fromisoformat(row["date"])
        assert "| seller" in row["attendees"]
        assert "| buyer" in row["attendees"]


def test_unlisted_files_carry_their_deal_and_date_but_for_two(samples: Samples) -> None:
    """All but two files without a row in calls.csv can be matched by name alone."""
    unlisted = _files(samples) - {row["file"] for row in samples.calls}
    strays = set()
    for file in unlisted:
        match = re.search(r"(\d{4}-\d{2}-\d{2}) (SYN-\d+)", file)
        if match is None:
            strays.add(file)
        else:
            assert match[2] in samples.deals
    assert len(strays) == 2
    assert len(unlisted) >= 20


def test_recordings_are_small_and_of_both_kinds(samples: Samples) -> None:
    """24-30 recordings of 40-90 s take at most 8 MB; half of them have two channels."""
    paths = [samples.workspace / record["file"] for record in samples.recordings]
    assert {p.relative_to(samples.workspace).as_posix() for p in paths} == {
        file for file in _files(samples) if file.startswith("recordings/")
    }
    assert 24 <= len(paths) <= 30
    assert sum(path.stat().st_size for path in paths) <= MAX_AUDIO_BYTES
    assert all(40 <= record["duration_s"] <= 90 for record in samples.recordings)
    assert sum(record["channels"] == 2 for record in samples.recordings) == len(paths) // 2
    assert {path.suffix for path in paths} == {".ogg", ".mp3", ".m4a", ".flac"}


def test_reference_text_is_in_order_and_in_the_right_channel(samples: Samples) -> None:
    """Lines of the reference follow each other, within the recording, one side a channel."""
    for record in samples.recordings:
        end_s = 0.0
        for line in record["lines"]:
            assert end_s <= line["start_s"] < line["end_s"] <= record["duration_s"]
            end_s = line["end_s"]
            assert line["text"].strip()
            if record["channels"] == 2:
                assert line["channel"] == (line["side"] == "buyer")
        assert len(record["voices"]) >= 2
        assert len(set(record["voices"].values())) == len(record["voices"])


def test_recordings_decode_to_the_length_of_their_reference(samples: Samples) -> None:
    """One recording of each format opens with PyAV and is as long as the reference says."""
    import av

    seen = set()
    for record in samples.recordings:
        path = samples.workspace / record["file"]
        if path.suffix in seen:
            continue
        seen.add(path.suffix)
        with av.open(str(path)) as container:
            stream = container.streams.audio[0]
            n_samples = sum(frame.samples for frame in container.decode(stream))
            assert abs(n_samples / stream.rate - record["duration_s"]) < 0.2
            assert stream.channels == record["channels"]


def test_everything_a_user_sees_says_synthetic(samples: Samples) -> None:
    """The configuration, deal names, transcripts and the README are labelled."""
    config = load_config(samples.workspace / "icp-voice.toml")
    assert config.synthetic
    assert "synthetic" in config.name
    assert all("synthetic" in deal["name"] for deal in samples.deals.values())
    for path in (samples.workspace / "transcripts").rglob("*.vtt"):
        assert "Synthetic call" in path.read_text(encoding="utf-8")[:200]
    readme = (samples.workspace.parent / "README.md").read_text(encoding="utf-8")
    assert "synthetic" in readme.lower()


def test_both_transcript_dialects_are_there(samples: Samples) -> None:
    """The archive holds Zoom transcripts with CRLF and Teams transcripts with voice tags."""
    raw = [path.read_bytes() for path in (samples.workspace / "transcripts").rglob("*.vtt")]
    zoom = [data for data in raw if b"\r\n" in data]
    teams = [data for data in raw if b"<v " in data]
    assert len(zoom) >= 60
    assert len(teams) >= 60
    assert len(zoom) + len(teams) == len(raw)


def test_first_calls_come_first_and_before_the_decision(samples: Samples) -> None:
    """A deal's first call is at least 14 days before its end, its later calls after the first."""
    first = {row["deal_id"]: row["date"] for row in samples.calls if "recordings/" in row["file"]}
    for row in samples.calls:
        deal = samples.deals[row["deal_id"]]
        assert row["date"] >= first.get(row["deal_id"], "")
        if deal["closed_at"]:
            assert row["date"] <= deal["closed_at"]
            start = deal["first_call_at"]
            if start:
                days = date.fromisoformat(deal["closed_at"]) - date.fromisoformat(start)
                assert days.days >= 14
