"""Recognise the speech of one channel of a window, each part in its own language."""

from collections.abc import Callable, Sequence
from dataclasses import replace

from icp_voice.languages import mend_lookalikes
from icp_voice.transcribe.audio import Samples
from icp_voice.transcribe.engine import Recognised, SpeechEngine
from icp_voice.transcribe.speech import recognise_pieces
from icp_voice.transcribe.spoken_language import Spoken, WindowLanguages


def recognise_languages(
    engine: SpeechEngine,
    samples: Samples,
    languages: WindowLanguages,
    *,
    on_heard: Callable[[float], None] = lambda _: None,
) -> list[tuple[Recognised, str]]:
    """Return what was said with the language of each segment, in order of time.

    With one language declared, or found, the pieces go to the recogniser all together.

    Args:
        engine: the recogniser.
        samples: float32 of shape (samples,), 16 kHz.
        languages: what `LanguageChooser.choose` returned for its speech.
        on_heard: is told the share in [0, 1] of the speech that is done.
    """
    heard = _recognise(engine, samples, languages.runs(), on_heard)
    anew = languages.reconsider(samples, heard)
    if anew:
        heard = _recognise(engine, samples, anew, lambda _: None)
    mended = [(_mended(segment), language) for segment, language in heard]
    return [(segment, languages.of_text(segment.text, language)) for segment, language in mended]


def _recognise(
    engine: SpeechEngine,
    samples: Samples,
    spoken: Sequence[Spoken],
    on_heard: Callable[[float], None],
) -> list[tuple[Recognised, str]]:
    lengths = [sum(p.padded_end - p.padded_start for p in run.pieces) for run in spoken]
    total = sum(lengths)
    done = 0
    heard: list[tuple[Recognised, str]] = []
    for run, length in zip(spoken, lengths, strict=True):
        found = recognise_pieces(
            engine,
            samples,
            run.pieces,
            language=run.language,
            on_heard=_share_of(on_heard, done / total, length / total),
        )
        heard += [(segment, run.language) for segment in found]
        done += length
    return sorted(heard, key=lambda item: item[0].start_s)


def _share_of(
    on_heard: Callable[[float], None], before: float, share: float
) -> Callable[[float], None]:
    return lambda part: on_heard(before + share * part)


def _mended(segment: Recognised) -> Recognised:
    text = mend_lookalikes(segment.text)
    if text == segment.text:
        return segment
    words = tuple(replace(word, text=mend_lookalikes(word.text)) for word in segment.words)
    return replace(segment, text=text, words=words)
