"""Decide whether a call may count as evidence: a cut transcript reads as "trait absent".

A call is `poor` where much of the speech did not become text, the recogniser was lost, or nothing
is known to be the buyer's; `usable` where something is doubtful; else `good`. Poor calls are listed
and left out of the statistics unless they are asked for.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from icp_voice.records import CallQuality, QualityGrade, Turn
from icp_voice.sides import MIN_CONFIDENCE

# Coverage below a half: most of the talk is missing.
POOR_COVERAGE, USABLE_COVERAGE = 0.5, 0.8
# Whisper's own decoder gives a window up below -1.0 (`log_prob_threshold`).
POOR_LOG_PROBABILITY, USABLE_LOG_PROBABILITY = -1.0, -0.7
# Characters a minute. 36 calls in English, Russian, Ukrainian and Polish, pauses and all, hold 620
# to 900, two earnings calls 850; of speech alone people say 700-1,100, so a fifth of that while
# they speak means that words are lost. The fastest languages reach 8 syllables a second (Pellegrino
# et al. 2011, Language 87), some 24 characters or 1,440 a minute: more is a loop, or the times are
# wrong. A transcript has no seconds of speech; under 100 a minute, pauses and all, two people say
# fifteen words between them.
POOR_CHARACTERS_PER_MINUTE = 150.0
POOR_TRANSCRIPT_CHARACTERS_PER_MINUTE, USABLE_TRANSCRIPT_CHARACTERS_PER_MINUTE = 100.0, 250.0
FAST_CHARACTERS_PER_MINUTE, IMPOSSIBLE_CHARACTERS_PER_MINUTE = 1_500.0, 2_000.0
# More invented than said; and enough invented to look at.
POOR_DROPPED_SHARE, USABLE_DROPPED_SHARE = 0.5, 0.2
# Only what the buyer says counts. Where the buyer is known they say at least a sixth of a call (the
# 36 calls, and the sample calls); with less than a twentieth "not heard" means nothing.
POOR_BUYER_SHARE = 0.05
_MIN_SPEECH_S = 3.0
_MIN_TRANSCRIPT_S = 60.0


@dataclass(frozen=True)
class Heard:
    """What is known of how a call's turns came about.

    Attributes:
        duration_s: seconds of the recording, or to the last word of a transcript.
        speech_s: seconds of speech heard by the voice-activity detector, all channels together;
            None for transcripts.
        mean_log_probability: mean token log-probability of the recogniser; None for transcripts.
        n_dropped_characters: recognised text that was taken out as invented.
        damage: in words, what of the recording is missing, such as where it breaks off.
        estimated_times: the transcript has no times and they were computed from its words.
    """

    duration_s: float
    speech_s: float | None = None
    mean_log_probability: float | None = None
    n_dropped_characters: int = 0
    damage: str = ""
    estimated_times: bool = False


def assess_quality(turns: Sequence[Turn], heard: Heard) -> CallQuality:
    """Return a call's figures, its grade and the reasons for it.

    Args:
        turns: the call as it will be stored.
        heard: how they came about.

    Examples:
        >>> assess_quality((), Heard(duration_s=60.0, speech_s=0.0)).grade
        'poor'
    """
    transcribed_s = sum((turn.end_s - turn.start_s for turn in turns), 0.0)
    n_characters = sum(len(turn.text) for turn in turns)
    spoken_s = heard.speech_s if heard.speech_s is not None else heard.duration_s
    coverage = None
    if heard.speech_s is not None:
        coverage = min(1.0, transcribed_s / heard.speech_s) if heard.speech_s > 0 else 0.0
    weighted = sum(turn.side_confidence * len(turn.text) for turn in turns)
    log_probability = heard.mean_log_probability
    quality = CallQuality(
        speech_s=None if heard.speech_s is None else round(heard.speech_s, 3),
        transcribed_s=round(transcribed_s, 3),
        coverage=None if coverage is None else round(coverage, 4),
        characters_per_minute=round(n_characters * 60.0 / spoken_s, 1) if spoken_s > 0 else 0.0,
        mean_log_probability=None if log_probability is None else round(log_probability, 4),
        side_confidence=round(weighted / n_characters, 4) if n_characters else 0.0,
        grade="good",
    )
    return _graded(quality, turns, heard)


@dataclass
class _Reasons:
    """Reasons in plain words, by how much they weigh."""

    poor: list[str] = field(default_factory=list)
    doubts: list[str] = field(default_factory=list)

    def judge(self, value: float, words: str, *, poor: float, usable: float) -> None:
        """Note the words where a value is past a limit; poor < usable: low values are bad."""
        sign = 1.0 if poor < usable else -1.0
        if sign * value < sign * poor:
            self.poor.append(words)
        elif sign * value < sign * usable:
            self.doubts.append(words)


def _graded(quality: CallQuality, turns: Sequence[Turn], heard: Heard) -> CallQuality:
    """Return the figures with the grade and reasons that follow from them."""
    reasons = _Reasons()
    if not turns:
        reasons.poor.append("nothing was said that could be understood")
    else:
        _judge_amount(reasons, quality, heard)
        _judge_recogniser(reasons, quality, turns, heard)
        _judge_sides(reasons, quality, turns)
    if heard.damage:
        reasons.doubts.append(heard.damage)
    if heard.estimated_times:
        words = "the transcript has no times; they are estimated at 150 words a minute"
        reasons.doubts.append(words)
    grade: QualityGrade = "poor" if reasons.poor else "usable" if reasons.doubts else "good"
    return replace(quality, grade=grade, reasons=(*reasons.poor, *reasons.doubts))


def _judge_amount(reasons: _Reasons, quality: CallQuality, heard: Heard) -> None:
    """Is there as much text as there was talk?"""
    per_minute = quality.characters_per_minute
    if quality.coverage is None:
        # How long the silences of a transcript are is not known, nor, at times, its right end.
        if heard.duration_s >= _MIN_TRANSCRIPT_S:
            reasons.judge(
                per_minute,
                f"only {per_minute:.0f} characters a minute: words or minutes are missing",
                poor=POOR_TRANSCRIPT_CHARACTERS_PER_MINUTE,
                usable=USABLE_TRANSCRIPT_CHARACTERS_PER_MINUTE,
            )
        if per_minute > FAST_CHARACTERS_PER_MINUTE:
            reasons.doubts.append(f"{per_minute:.0f} characters a minute: its times are wrong")
        return
    if heard.speech_s is None or heard.speech_s < _MIN_SPEECH_S:
        return
    covered = f"{quality.coverage:.0%} of the speech became text"
    reasons.judge(quality.coverage, covered, poor=POOR_COVERAGE, usable=USABLE_COVERAGE)
    if per_minute < POOR_CHARACTERS_PER_MINUTE:
        reasons.poor.append(f"{per_minute:.0f} characters a minute of speech: words are missing")
    reasons.judge(
        per_minute,
        f"{per_minute:.0f} characters a minute of speech: more than anybody can say",
        poor=IMPOSSIBLE_CHARACTERS_PER_MINUTE,
        usable=FAST_CHARACTERS_PER_MINUTE,
    )


def _judge_recogniser(
    reasons: _Reasons, quality: CallQuality, turns: Sequence[Turn], heard: Heard
) -> None:
    """Was the recogniser lost?"""
    sure = quality.mean_log_probability
    if sure is not None:
        words = f"the recogniser was unsure (mean log-probability {sure:.2f})"
        reasons.judge(sure, words, poor=POOR_LOG_PROBABILITY, usable=USABLE_LOG_PROBABILITY)
    n_kept = sum(len(turn.text) for turn in turns)
    dropped = heard.n_dropped_characters / (heard.n_dropped_characters + n_kept)
    words = f"{dropped:.0%} of the recognised text was invented and taken out"
    reasons.judge(dropped, words, poor=POOR_DROPPED_SHARE, usable=USABLE_DROPPED_SHARE)


def _judge_sides(reasons: _Reasons, quality: CallQuality, turns: Sequence[Turn]) -> None:
    """Is it known what the buyer said?"""
    n_characters = sum(len(turn.text) for turn in turns)
    buyer = sum(len(turn.text) for turn in turns if turn.side == "buyer") / n_characters
    if buyer < POOR_BUYER_SHARE:
        known = "nothing is" if buyer == 0 else f"only {buyer:.0%} of the words are"
        reasons.poor.append(f"{known} known to be said by the buyer (calls.csv can name attendees)")
    if quality.side_confidence < MIN_CONFIDENCE:
        words = f"who sells and who buys is uncertain ({quality.side_confidence:.0%})"
        reasons.doubts.append(words)
