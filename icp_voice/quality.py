"""Decide whether a call may count as evidence: a cut transcript reads as "trait absent".

A call is `poor` where much of the speech did not become text or the recogniser was lost, `usable`
where something is doubtful, else `good`. Poor calls are listed and left out of the statistics.
"""

from collections.abc import Sequence

from icp_voice.records import CallQuality, QualityGrade, Turn
from icp_voice.sides import MIN_CONFIDENCE

# Coverage below a half: most of the talk is missing. Mean log-probability: Whisper's own decoder
# gives a window up below -1.0 (`log_prob_threshold`). People say 700-1,100 characters a minute;
# a fifth of that while they speak means that words are lost.
POOR_COVERAGE, USABLE_COVERAGE = 0.5, 0.8
POOR_LOG_PROBABILITY, USABLE_LOG_PROBABILITY = -1.0, -0.7
POOR_CHARACTERS_PER_MINUTE = 150.0
_MIN_SPEECH_S = 3.0


def assess_quality(
    turns: Sequence[Turn],
    *,
    duration_s: float,
    speech_s: float | None = None,
    mean_log_probability: float | None = None,
    damage: str = "",
    estimated_times: bool = False,
) -> CallQuality:
    """Return a call's figures, its grade and the reasons for it.

    Args:
        turns: the call as it will be stored.
        duration_s: seconds of the recording, or to the last word of a transcript.
        speech_s: seconds of speech heard by the voice-activity detector, all channels together;
            None for transcripts.
        mean_log_probability: mean token log-probability of the recogniser; None for transcripts.
        damage: in words, what of the recording is missing, such as where it breaks off.
        estimated_times: the transcript has no times and they were computed from its words.
    """
    transcribed_s = sum((turn.end_s - turn.start_s for turn in turns), 0.0)
    n_characters = sum(len(turn.text) for turn in turns)
    spoken_s = speech_s if speech_s is not None else duration_s
    per_minute = n_characters * 60.0 / spoken_s if spoken_s > 0 else 0.0
    coverage = None
    if speech_s is not None:
        coverage = min(1.0, transcribed_s / speech_s) if speech_s > 0 else 0.0
    side_confidence = 0.0
    if n_characters:
        weighted = sum(turn.side_confidence * len(turn.text) for turn in turns)
        side_confidence = weighted / n_characters
    poor: list[str] = []
    doubts: list[str] = []
    if not turns:
        poor.append("nothing was said that could be understood")
    elif speech_s is not None and speech_s >= _MIN_SPEECH_S and coverage is not None:
        words = f"{coverage:.0%} of the speech became text"
        if coverage < POOR_COVERAGE:
            poor.append(words)
        elif coverage < USABLE_COVERAGE:
            doubts.append(words)
        if per_minute < POOR_CHARACTERS_PER_MINUTE:
            poor.append(f"{per_minute:.0f} characters a minute of speech")
    if turns and mean_log_probability is not None:
        words = f"the recogniser was unsure (mean log-probability {mean_log_probability:.2f})"
        if mean_log_probability < POOR_LOG_PROBABILITY:
            poor.append(words)
        elif mean_log_probability < USABLE_LOG_PROBABILITY:
            doubts.append(words)
    if turns and side_confidence < MIN_CONFIDENCE:
        doubts.append(f"who sells and who buys is uncertain ({side_confidence:.0%})")
    if damage:
        doubts.append(damage)
    if estimated_times:
        doubts.append("the transcript has no times; they are estimated at 150 words a minute")
    grade: QualityGrade = "poor" if poor else "usable" if doubts else "good"
    return CallQuality(
        speech_s=None if speech_s is None else round(speech_s, 3),
        transcribed_s=round(transcribed_s, 3),
        coverage=None if coverage is None else round(coverage, 4),
        characters_per_minute=round(per_minute, 1),
        mean_log_probability=(
            None if mean_log_probability is None else round(mean_log_probability, 4)
        ),
        side_confidence=round(side_confidence, 4),
        grade=grade,
        reasons=(*poor, *doubts),
    )
