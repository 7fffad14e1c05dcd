"""Read JSON of speech recognisers: Whisper's family, Deepgram, AssemblyAI, Azure, icp-voice.

Whisper, Deepgram and icp-voice count seconds, AssemblyAI milliseconds, Azure ticks of 100 ns and
ISO durations. Where no utterances are listed they are made of the words.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from icp_voice.ingest.cues import Cue
from icp_voice.ingest.readers.content import Content
from icp_voice.ingest.readers.meeting import Meeting, ReadError
from icp_voice.ingest.readers.moments import moment_of
from icp_voice.ingest.readers.values import (
    JsonObject,
    digest_of,
    objects,
    required_seconds,
    seconds,
    speaker_label,
    text_of,
    ticks,
)

# Words with a longer pause between them, in seconds, belong to two cues.
_PAUSE_S = 1.0
_MS = 1000.0


@dataclass(frozen=True)
class _Word:
    start_s: float | None
    end_s: float | None
    speaker: str | None
    text: str


def is_whisper(content: Content) -> bool:
    """Whisper's own: `segments` with start, end and text, or a list of such."""
    segments = _segments(content.document)
    return bool(segments) and any("text" in segment for segment in segments)


def is_whisperx(content: Content) -> bool:
    """WhisperX: segments with a speaker, or `word_segments` beside them."""
    document = content.document
    has_words = isinstance(document, Mapping) and isinstance(document.get("word_segments"), list)
    segments = _segments(document)
    return is_whisper(content) and (has_words or any("speaker" in s for s in segments))


def is_whisper_timestamped(content: Content) -> bool:
    """Tell whisper-timestamped: the words of its segments have `text` and `confidence`."""
    words = [word for s in _segments(content.document) for word in objects(s.get("words"))]
    return is_whisper(content) and bool(words) and "text" in words[0] and "confidence" in words[0]


def is_whisper_cpp(content: Content) -> bool:
    """Tell whisper.cpp: `transcription` with `offsets` in milliseconds."""
    document = content.document
    found = objects(document.get("transcription")) if isinstance(document, Mapping) else []
    return bool(found) and "offsets" in found[0]


def is_own(content: Content) -> bool:
    """`icp-voice transcribe --format json`: turns with `start_s`, one call a line."""
    calls = _own_calls(content.document)
    return bool(calls) and all(_has(call, "turns", "start_s") for call in calls)


def is_deepgram(content: Content) -> bool:
    """Deepgram: `results` with `channels` of alternatives."""
    document = content.document
    results = document.get("results") if isinstance(document, Mapping) else None
    return isinstance(results, Mapping) and isinstance(results.get("channels"), list)


def is_assemblyai(content: Content) -> bool:
    """AssemblyAI: `words` (and `utterances`, which may be null) with `status` and `audio_url`."""
    document = content.document
    if not isinstance(document, Mapping) or "words" not in document:
        return False
    return bool({"audio_url", "audio_duration", "acoustic_model", "utterances"} & set(document))


def is_azure(content: Content) -> bool:
    """Azure: `recognizedPhrases` (batch) or `phrases` beside `combinedPhrases` (fast)."""
    document = content.document
    if not isinstance(document, Mapping):
        return False
    return isinstance(document.get("recognizedPhrases"), list) or (
        isinstance(document.get("phrases"), list) and "combinedPhrases" in document
    )


def read_whisper(content: Content) -> list[Meeting]:
    """Read segments; a segment without a speaker is told apart by its words' speakers."""
    cues: list[Cue] = []
    for i, segment in enumerate(_segments(content.document)):
        text = text_of(segment.get("text"))
        if text is None:
            continue
        words = [_word(w, seconds) for w in objects(segment.get("words"))]
        words = [word for word in words if word.text]
        starts = [w.start_s for w in words if w.start_s is not None]
        ends = [w.end_s for w in words if w.end_s is not None]
        told_start, told_end = seconds(segment.get("start")), seconds(segment.get("end"))
        start_s = told_start if told_start is not None else min(starts, default=None)
        end_s = told_end if told_end is not None else max(ends, default=start_s)
        begin_s = required_seconds(start_s, "start", i)
        finish_s = max(begin_s, end_s if end_s is not None else begin_s)
        speaker = speaker_label(segment.get("speaker"))
        heard = {word.speaker for word in words if word.speaker}
        same_words = " ".join(w.text for w in words).split() == text.split()
        if speaker is None and len(heard) > 1 and same_words:
            cues.extend(_join_words(words, begin_s))
            continue
        if speaker is None and heard:
            speakers = [word.speaker for word in words]
            speaker = max(sorted(heard), key=speakers.count)
        cues.append(Cue(begin_s, finish_s, speaker, text))
    return [Meeting(tuple(cues))]


def read_whisper_cpp(content: Content) -> list[Meeting]:
    """Read whisper.cpp's `transcription`."""
    assert isinstance(content.document, Mapping)
    entries = []
    for entry in objects(content.document.get("transcription")):
        offsets = entry.get("offsets")
        times = offsets if isinstance(offsets, Mapping) else {}
        entries.append({**entry, "start": times.get("from"), "end": times.get("to")})
    return [Meeting(_cues(entries, "text", _milliseconds))]


def read_own(content: Content) -> list[Meeting]:
    """Read what `icp-voice transcribe` printed; each line is a call of its own."""
    calls = _own_calls(content.document)
    meetings: list[Meeting] = []
    for call in calls:
        turns = [
            {**turn, "start": turn.get("start_s"), "end": turn.get("end_s")}
            for turn in objects(call.get("turns"))
        ]
        part = (text_of(call.get("call")) or str(len(meetings) + 1)) if len(calls) > 1 else ""
        meetings.append(
            Meeting(
                _cues(turns, "text", seconds, label_of=text_of),
                title=text_of(call.get("title")),
                started_at=moment_of(call.get("started_at")),
                part=part,
                sha256=digest_of(call) if part else "",
            )
        )
    return meetings


def read_deepgram(content: Content) -> list[Meeting]:
    """Read utterances, else the sentences of the paragraphs, else the words of each channel."""
    assert isinstance(content.document, Mapping)
    results = content.document["results"]
    utterances = objects(results.get("utterances"))
    channels = objects(results.get("channels"))
    if utterances:
        many = len({text_of(u.get("channel")) for u in utterances}) > 1
        named = [_with_channel(u, many=many) for u in utterances]
        return [Meeting(_cues(named, "transcript", seconds))]
    cues: list[Cue] = []
    for number, channel in enumerate(channels):
        # The first alternative is the best one; the others are the same speech again.
        for best in objects(channel.get("alternatives"))[:1]:
            found = _deepgram_channel(best)
            if len(channels) > 1:
                name = f"Channel {number}"
                found = [Cue(c.start_s, c.end_s, c.speaker or name, c.text) for c in found]
            cues.extend(found)
    return [Meeting(tuple(cues))]


def read_assemblyai(content: Content) -> list[Meeting]:
    """Read utterances, else the words; both in milliseconds.

    Raises:
        ReadError: the service says that it failed, or is not done.
    """
    document = content.document
    assert isinstance(document, Mapping)
    status = text_of(document.get("status"))
    if status not in (None, "completed"):
        raise ReadError(f"the service's status is {status!r}, so there is no text in it")
    utterances = objects(document.get("utterances"))
    if utterances:
        many = len({text_of(u.get("channel")) for u in utterances}) > 1
        named = [_with_channel(u, many=many) for u in utterances]
        return [Meeting(_cues(named, "text", _milliseconds))]
    words = [_word(word, _milliseconds) for word in objects(document.get("words"))]
    return [Meeting(tuple(_join_words(words, 0.0)))]


def read_azure(content: Content) -> list[Meeting]:
    """Read recognised phrases; only the best of the alternatives was said."""
    document = content.document
    assert isinstance(document, Mapping)
    phrases = objects(document.get("recognizedPhrases")) or objects(document.get("phrases"))
    many = len({text_of(phrase.get("channel")) for phrase in phrases}) > 1
    entries = []
    for phrase in phrases:
        alternatives = objects(phrase.get("nBest"))
        text = alternatives[0].get("display") if alternatives else phrase.get("text")
        if text_of(text) is None:
            continue
        start_s, length_s = _azure_time(phrase, "offset"), _azure_time(phrase, "duration")
        end_s = None if start_s is None or length_s is None else start_s + length_s
        entries.append(
            {**_with_channel(phrase, many=many), "start": start_s, "end": end_s, "said": text}
        )
    return [Meeting(_cues(entries, "said", seconds))]


def _segments(document: object) -> list[JsonObject]:
    if isinstance(document, Mapping):
        return objects(document.get("segments"))
    found = objects(document)
    return found if any("text" in s and "start" in s for s in found) else []


def _own_calls(document: object) -> list[JsonObject]:
    calls = [document] if isinstance(document, Mapping) else objects(document)
    return [call for call in calls if isinstance(call.get("turns"), list)]


def _has(call: JsonObject, key: str, inner: str) -> bool:
    entries = objects(call.get(key))
    return not entries or inner in entries[0]


def _cues(
    entries: Iterable[JsonObject],
    text_key: str,
    time_of: Callable[[object], float | None],
    *,
    label_of: Callable[[object], str | None] = speaker_label,
) -> tuple[Cue, ...]:
    """Make a cue of every entry that has text.

    Raises:
        ReadError: an entry with text has no start.
    """
    cues = []
    for i, entry in enumerate(entries):
        text = text_of(entry.get(text_key))
        if text is None:
            continue
        start_s = required_seconds(time_of(entry.get("start")), "start", i)
        end_s = time_of(entry.get("end"))
        finish_s = start_s if end_s is None else max(start_s, end_s)
        cues.append(Cue(start_s, finish_s, label_of(entry.get("speaker")), text))
    return tuple(cues)


def _word(word: JsonObject, time_of: Callable[[object], float | None]) -> _Word:
    text = next((t for k in ("punctuated_word", "word", "text") if (t := text_of(word.get(k)))), "")
    return _Word(
        time_of(word.get("start")),
        time_of(word.get("end")),
        speaker_label(word.get("speaker")),
        text,
    )


def _join_words(words: Sequence[_Word], start_s: float) -> list[Cue]:
    """Make cues of words: a new one where the speaker changes or after a pause.

    A word without a start follows the one before it; one without a speaker is the speaker's of
    the words before, or of the first one named.
    """
    speaker = next((word.speaker for word in words if word.speaker), None)
    cues: list[Cue] = []
    clock_s = start_s
    for word in words:
        if not word.text:
            continue
        begin_s = word.start_s if word.start_s is not None else clock_s
        finish_s = max(begin_s, word.end_s if word.end_s is not None else begin_s)
        same = word.speaker is None or word.speaker == speaker
        speaker = word.speaker or speaker
        last = cues[-1] if cues else None
        if last is not None and same and begin_s - clock_s <= _PAUSE_S:
            text = f"{last.text} {word.text}"
            cues[-1] = Cue(last.start_s, max(last.end_s, finish_s), last.speaker, text)
        else:
            cues.append(Cue(begin_s, finish_s, speaker, word.text))
        clock_s = finish_s
    return cues


def _deepgram_channel(alternative: JsonObject) -> list[Cue]:
    paragraphs = alternative.get("paragraphs")
    listed = objects(paragraphs.get("paragraphs")) if isinstance(paragraphs, Mapping) else []
    sentences = [
        {**sentence, "speaker": paragraph.get("speaker")}
        for paragraph in listed
        for sentence in objects(paragraph.get("sentences"))
    ]
    if sentences:
        return list(_cues(sentences, "text", seconds))
    words = [_word(word, seconds) for word in objects(alternative.get("words"))]
    if not any(word.text for word in words) and text_of(alternative.get("transcript")):
        raise ReadError("it has text without the times of its words")
    return _join_words(words, 0.0)


def _with_channel(entry: JsonObject, *, many: bool) -> JsonObject:
    """Name the channel where there is no speaker and several channels are."""
    channel = text_of(entry.get("channel"))
    if entry.get("speaker") is not None or not many or channel is None:
        return entry
    return {**entry, "speaker": f"Channel {channel}"}


def _azure_time(phrase: JsonObject, name: str) -> float | None:
    """Return an offset or duration: ticks, milliseconds, an ISO duration, in this order."""
    in_ticks = ticks(phrase.get(f"{name}InTicks"))
    if in_ticks is not None:
        return in_ticks
    in_ms = _milliseconds(phrase.get(f"{name}Milliseconds"))
    if in_ms is not None:
        return in_ms
    value = phrase.get(name)
    return seconds(value) if isinstance(value, str) else _milliseconds(value)


def _milliseconds(value: object) -> float | None:
    return seconds(value, per_second=_MS)
