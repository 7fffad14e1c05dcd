"""Any recording: what comes out of telephone systems, phones, browsers and screen recorders."""

import io
import struct
from datetime import datetime
from pathlib import Path

import av
import numpy as np
import pytest
from sounds import RATE_HZ, encode, high_voice, low_voice, mux, silence, write_wav

from icp_voice.errors import RecordingError
from icp_voice.media import recording_tags
from icp_voice.records import SourceFile
from icp_voice.transcribe.audio import AudioWindow, read_windows

VOICE = low_voice(3)


def whole(path: Path) -> tuple[np.ndarray, AudioWindow]:
    """Return all samples and the last window."""
    windows = list(read_windows(path))
    return np.concatenate([window.samples for window in windows], axis=1), windows[-1]


def likeness(samples: np.ndarray, sound: np.ndarray) -> float:
    """Return the best correlation of two sounds, whatever a codec delays."""
    n = min(samples.shape[0], sound.shape[0])
    spectrum = np.fft.rfft(samples[:n], 2 * n) * np.conj(np.fft.rfft(sound[:n], 2 * n))
    norm = np.linalg.norm(samples[:n]) * np.linalg.norm(sound[:n])
    return float(np.abs(np.fft.irfft(spectrum)).max() / norm)


@pytest.mark.parametrize(
    ("name", "codec", "rate_hz"),
    [
        ("mu-law.wav", "pcm_mulaw", 8000),
        ("a-law.wav", "pcm_alaw", 8000),
        ("8-bit.wav", "pcm_u8", 8000),
        ("24-bit.wav", "pcm_s24le", 96_000),
        ("float.wav", "pcm_f32le", 44_100),
        ("adpcm.wav", "adpcm_ms", 8000),
        ("g722.wav", "g722", 16_000),
        ("bare.g722", "g722", 16_000),
        ("bare.ulaw", "pcm_mulaw", 8000),
        ("bare.al", "pcm_alaw", 8000),
        ("bare.sln", "pcm_s16le", 8000),
        ("phone.amr", "libopencore_amrnb", 8000),
        ("phone.3gp", "libopencore_amrnb", 8000),
        ("memo.m4a", "aac", 44_100),
        ("bare.aac", "aac", 16_000),
        ("old.wma", "wmav2", 16_000),
        ("apple.caf", "alac", 44_100),
        ("sun.au", "pcm_s16be", 8000),
        ("mac.aiff", "pcm_s16be", 22_050),
        ("browser.webm", "libopus", 48_000),
        ("voice.opus", "libopus", 48_000),
        ("archive.flac", "flac", 11_025),
        ("telephone.mp3", "libmp3lame", 8000),
    ],
)
def test_codecs_of_telephones_phones_and_recorders(
    tmp_path: Path, name: str, codec: str, rate_hz: int
) -> None:
    """The sound comes back as long and as it was, and nothing is said to be missing."""
    path = tmp_path / name
    if name.startswith("bare.") and codec.startswith("pcm"):
        encode(tmp_path / "with_header.wav", VOICE, codec=codec, rate_hz=rate_hz)
        data = (tmp_path / "with_header.wav").read_bytes()
        path.write_bytes(data[data.index(b"data") + 8 :])
    else:
        bit_rate = {"libopencore_amrnb": 12_200, "wmav2": 32_000}.get(codec, 0)
        encode(path, VOICE, codec=codec, rate_hz=rate_hz, bit_rate=bit_rate)
    samples, last = whole(path)
    assert samples.shape[1] / RATE_HZ == pytest.approx(3.0, abs=0.15)
    # A vocoder of 12 kbit/s keeps the sound of a voice, not its wave.
    assert likeness(samples[0], VOICE) > (0.7 if "amr" in codec else 0.9)
    assert last.damage == ""


def test_gsm_frames_are_decoded(tmp_path: Path) -> None:
    """GSM 06.10, bare as Asterisk writes it and in WAV: 20 ms a frame of 33 bytes."""
    bare = tmp_path / "call.gsm"
    bare.write_bytes((b"\xd0" + b"\0" * 32) * 100)
    samples, _ = whole(bare)
    assert samples.shape[1] / RATE_HZ == pytest.approx(2.0, abs=0.05)


def test_variable_bit_rate_without_a_frame_count_is_no_damage(tmp_path: Path) -> None:
    """An MP3 whose length can only be guessed by its first frames is not said to break off."""
    sound = np.concatenate([silence(4), VOICE, VOICE])
    options = {"write_xing": "0", "id3v2_version": "0"}
    path = tmp_path / "vbr.mp3"
    with av.open(str(path), "w", options=options) as container:
        stream = container.add_stream("libmp3lame", rate=16_000, layout="mono")
        stream.codec_context.options = {"q": "4", "abr": "1"}
        mux(container, stream, sound[None, :], "mono")
    samples, last = whole(path)
    assert samples.shape[1] / RATE_HZ == pytest.approx(10.0, abs=0.2)
    assert last.damage == ""


@pytest.mark.parametrize(
    ("name", "codec", "options", "told"),
    [
        ("counted.mp3", "libmp3lame", {}, " of 0:06"),
        ("uncounted.mp3", "libmp3lame", {"write_xing": "0", "id3v2_version": "0"}, ""),
        ("bare.aac", "aac", {}, ""),
        ("phone.amr", "libopencore_amrnb", {}, ""),
        ("index_first.m4a", "aac", {"movflags": "faststart"}, " of 0:06"),
        ("in_parts.mp4", "aac", {"movflags": "frag_keyframe+empty_moov"}, " of 0:06"),
        ("meeting.mkv", "libopus", {}, " of 0:06"),
        ("archive.flac", "flac", {}, " of 0:06"),
        ("phone.wav", "pcm_mulaw", {}, " of 0:06"),
    ],
)
def test_file_that_breaks_off_is_read_to_there(
    tmp_path: Path, name: str, codec: str, options: dict[str, str], told: str
) -> None:
    """A cut file gives what there is, says where it breaks off, and the whole one does not."""
    rate_hz = 48_000 if codec == "libopus" else 8000 if "amr" in codec else 16_000
    rate = {"bit_rate": 12_200} if "amr" in codec else {}
    path = encode(
        tmp_path / name,
        np.tile(VOICE, 2),
        codec=codec,
        rate_hz=rate_hz,
        options=options,
        **rate,
    )
    assert whole(path)[1].damage == ""
    data = path.read_bytes()
    path.write_bytes(data[: int(len(data) * 0.61) | 1])
    samples, last = whole(path)
    seconds = samples.shape[1] / RATE_HZ
    assert 2.0 < seconds < 5.0
    assert last.damage == f"the recording breaks off at 0:0{round(seconds)}{told}"


def test_index_that_is_missing_is_one_clear_sentence(tmp_path: Path) -> None:
    """An M4A whose recorder died holds sound that nothing tells the place of."""
    path = encode(tmp_path / "call.m4a", VOICE, codec="aac")
    path.write_bytes(path.read_bytes()[:-900])
    with pytest.raises(RecordingError, match=r"call\.m4a breaks off before its index.*Copy it"):
        whole(path)


def test_samples_without_a_header_are_one_clear_sentence(tmp_path: Path) -> None:
    """Bare samples named .wav: nothing tells the rate, so the user has to."""
    path = tmp_path / "call.wav"
    path.write_bytes((VOICE * 8000).astype("<i2").tobytes())
    with pytest.raises(RecordingError, match="its header is missing.*-ar 8000"):
        whole(path)


@pytest.mark.parametrize("name", ["call.wav", "call.txt", "call.bin", "call", "call.mp4"])
def test_wrong_suffix_does_not_matter(tmp_path: Path, name: str) -> None:
    """What is inside decides."""
    real = encode(tmp_path / "real.mp3", VOICE, codec="libmp3lame")
    path = real.rename(tmp_path / name)
    samples, last = whole(path)
    assert likeness(samples[0], VOICE) > 0.9
    assert not last.partial


@pytest.mark.parametrize("name", ["12:30 call.wav", "50% of it %d.wav", "звонок ą.wav", "a#b?.wav"])
def test_odd_names_are_files(tmp_path: Path, name: str) -> None:
    """A colon or a percent sign in a name is no address and no pattern."""
    try:
        path = write_wav(tmp_path / name, VOICE)
    except OSError:
        pytest.skip("this system has no such names")
    assert whole(path)[0].shape[1] == VOICE.shape[0]


def test_recording_never_opens_an_address(tmp_path: Path) -> None:
    """A list of addresses under an audio name reaches no network: the tests' guard would tell."""
    path = tmp_path / "call.mp3"
    path.write_text("#EXTM3U\n#EXTINF:10,\nhttp://192.0.2.1/a.ts\n#EXT-X-ENDLIST\n")
    with pytest.raises(RecordingError):
        whole(path)


def test_surround_sound_is_mixed_down(tmp_path: Path) -> None:
    """Six channels become one."""
    path = encode(tmp_path / "a.flac", np.tile(VOICE, (6, 1)), codec="flac", layout="5.1")
    samples, _ = whole(path)
    assert samples.shape[0] == 1
    assert likeness(samples[0], VOICE) > 0.9


def test_rate_that_changes_inside_a_file(tmp_path: Path) -> None:
    """Two MP3 files one behind the other, at different rates, lose nothing."""
    first = encode(tmp_path / "1.mp3", VOICE, codec="libmp3lame", rate_hz=16_000)
    second = encode(tmp_path / "2.mp3", VOICE, codec="libmp3lame", rate_hz=44_100)
    path = tmp_path / "both.mp3"
    path.write_bytes(first.read_bytes() + second.read_bytes())
    samples, _ = whole(path)
    assert samples.shape[1] / RATE_HZ == pytest.approx(6.0, abs=0.3)
    assert likeness(samples[0, -VOICE.shape[0] :], VOICE) > 0.8


def test_wav_over_four_gigabytes_tells_its_size_elsewhere(tmp_path: Path) -> None:
    """RF64 keeps the size in a chunk of its own; it is believed as that of a WAV is."""
    data = (VOICE * 32767).astype("<i2").tobytes()
    chunk = struct.pack("<QQQI", 72 + len(data), len(data), VOICE.shape[0], 0)
    header = b"RF64\xff\xff\xff\xffWAVE" + b"ds64" + struct.pack("<I", len(chunk)) + chunk
    header += b"fmt " + struct.pack("<IHHIIHH", 16, 1, 1, RATE_HZ, RATE_HZ * 2, 2, 16)
    header += b"data\xff\xff\xff\xff"
    path = tmp_path / "long.wav"
    path.write_bytes(header + data)
    samples, last = whole(path)
    assert samples.shape[1] == VOICE.shape[0]
    assert not last.partial
    path.write_bytes(header + data[: len(data) // 2])
    assert whole(path)[1].damage == "the recording breaks off at 0:02 of 0:03"


@pytest.mark.parametrize("size", [0, 0xFFFFFFFF])
def test_recorder_that_never_wrote_the_size(tmp_path: Path, size: int) -> None:
    """A WAV whose recorder was switched off has a header without the size: all is read."""
    path = write_wav(tmp_path / "a.wav", VOICE)
    data = bytearray(path.read_bytes())
    data[4:8] = data[40:44] = struct.pack("<I", size)
    path.write_bytes(data)
    samples, last = whole(path)
    assert samples.shape[1] == VOICE.shape[0]
    assert not last.partial


@pytest.mark.parametrize("seconds", [0.001, 0.1])
def test_very_short_recordings_are_read(tmp_path: Path, seconds: float) -> None:
    """A tenth of a second is a recording, too."""
    path = write_wav(tmp_path / "a.wav", low_voice(seconds))
    assert whole(path)[0].shape[1] == int(seconds * RATE_HZ)


def test_offset_of_a_line_card_is_taken_away(tmp_path: Path) -> None:
    """A constant in the samples makes nothing of silence."""
    path = write_wav(tmp_path / "a.wav", np.stack([VOICE * 0.5, silence(3)]) + 0.2)
    samples, _ = whole(path)
    assert np.abs(samples.mean(axis=1)).max() < 1e-4
    assert np.abs(samples[1]).max() < 1e-3


def test_clipped_sound_stays_in_range(tmp_path: Path) -> None:
    """Floats beyond full scale are clipped, not wrapped round."""
    path = encode(tmp_path / "a.wav", VOICE * 20, codec="pcm_f32le")
    samples, _ = whole(path)
    assert np.abs(samples).max() <= 1.0
    assert likeness(samples[0], np.clip(VOICE * 20, -1, 1)) > 0.95


def test_damage_in_the_middle_keeps_the_time(tmp_path: Path) -> None:
    """What is said after a damaged stretch comes out when it was said."""
    sound = np.concatenate([VOICE, VOICE, high_voice(3)])
    path = encode(tmp_path / "a.ogg", sound, codec="libopus", rate_hz=48_000)
    data = bytearray(path.read_bytes())
    pages = [i for i in range(len(data)) if data[i : i + 4] == b"OggS"]
    if len(pages) > 6:
        del data[pages[4] : pages[5]]
    path.write_bytes(data)
    samples, last = whole(path)
    assert samples.shape[1] / RATE_HZ == pytest.approx(9.0, abs=0.3)
    assert not last.partial


def test_silence_that_was_not_sent_keeps_its_time(tmp_path: Path) -> None:
    """A browser leaves out packets of silence; the words after it are not moved up."""
    path = tmp_path / "a.mkv"
    with av.open(str(path), "w") as container:
        stream = container.add_stream("pcm_s16le", rate=RATE_HZ, layout="mono")
        for start_s, sound in ((0, VOICE), (10, VOICE)):
            for i in range(0, sound.shape[0], 320):
                block = (sound[i : i + 320] * 32767).astype(np.int16)[None, :]
                frame = av.AudioFrame.from_ndarray(block, "s16", "mono")
                frame.sample_rate, frame.pts = RATE_HZ, start_s * RATE_HZ + i
                container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
    samples, last = whole(path)
    assert samples.shape[1] / RATE_HZ == pytest.approx(13.0, abs=0.1)
    assert np.abs(samples[0, 4 * RATE_HZ : 9 * RATE_HZ]).max() == 0.0
    assert likeness(samples[0, 10 * RATE_HZ :], VOICE) > 0.98
    assert not last.partial


def test_several_streams_in_one_file_come_side_by_side(tmp_path: Path) -> None:
    """A screen recorder's microphone and computer sound are a channel each."""
    path = tmp_path / "obs.mkv"
    write_streams(path, [VOICE, np.concatenate([silence(1), high_voice(2)])])
    samples, last = whole(path)
    assert last.apart
    assert likeness(samples[0], VOICE) > 0.95
    assert np.abs(samples[1, : RATE_HZ // 2]).max() < 0.01


def write_streams(path: Path, sounds: list[np.ndarray]) -> Path:
    """Write a file with one stream of sound for each."""
    with av.open(str(path), "w") as container:
        streams = [container.add_stream("pcm_s16le", rate=RATE_HZ, layout="mono") for _ in sounds]
        for stream, sound in zip(streams, sounds, strict=True):
            mux(container, stream, sound[None, :], "mono")
    return path


def test_tags_tell_title_and_start(tmp_path: Path) -> None:
    """The start counts where a clock was set; years alone and epochs do not."""
    tags = {"title": "Acme  discovery", "creation_time": "2025-03-04T10:15:00Z"}
    path = encode(tmp_path / "a.m4a", VOICE, codec="aac", tags=tags)
    title, started_at = recording_tags(source(path))
    assert title == "Acme discovery"
    assert started_at is not None
    assert started_at.replace(tzinfo=None) == datetime(2025, 3, 4, 10, 15)
    for i, moment in enumerate(("1904-01-01T00:00:00Z", "1970-01-01T00:00:00Z")):
        path = encode(tmp_path / f"{i}.m4a", VOICE, codec="aac", tags={"creation_time": moment})
        assert recording_tags(source(path)) == (None, None)
    path = encode(
        tmp_path / "year.ogg", VOICE, codec="libopus", rate_hz=48_000, tags={"date": "2025"}
    )
    assert recording_tags(source(path)) == (None, None)


def source(path: Path) -> SourceFile:
    return SourceFile("c", "c", path, "recording", path.stat().st_size)


def test_video_gives_its_sound(tmp_path: Path) -> None:
    """Pictures are passed over; a video without sound says so."""
    for name, sound in (("call.mp4", True), ("mute.mp4", False)):
        data = io.BytesIO()
        with av.open(data, "w", format="mp4") as container:
            pictures = container.add_stream("mpeg4", rate=5)
            pictures.width, pictures.height, pictures.pix_fmt = 64, 48, "yuv420p"
            if sound:
                stream = container.add_stream("aac", rate=RATE_HZ, layout="mono")
            for _ in range(15):
                frame = av.VideoFrame.from_ndarray(np.zeros((48, 64, 3), np.uint8), "rgb24")
                container.mux(pictures.encode(frame))
            container.mux(pictures.encode(None))
            if sound:
                mux(container, stream, VOICE[None, :], "mono")
        (tmp_path / name).write_bytes(data.getvalue())
    assert likeness(whole(tmp_path / "call.mp4")[0][0], VOICE) > 0.9
    with pytest.raises(RecordingError, match=r"mute\.mp4 has no sound"):
        whole(tmp_path / "mute.mp4")


def test_picture_under_an_audio_name_is_no_recording(tmp_path: Path) -> None:
    """FFmpeg would open a picture; it is named for what it is."""
    path = tmp_path / "call.mp3"
    path.write_bytes(b"\x89PNG\r\n\x1a\n" + b"\0" * 3000)
    with pytest.raises(RecordingError, match="it looks like a PNG picture"):
        whole(path)
