"""pyannote.audio as the diarizer (extra `pyannote`): the most accurate, and gated models.

Takes the pipeline from a local folder, or from the hub's copy on this machine; the hub itself is
asked only where the run is not offline. Its usage statistics are switched off, for calls are
private and nothing may be sent.
"""

import logging
import os
import threading
from pathlib import Path
from typing import Any

from icp_voice.errors import ModelError
from icp_voice.transcribe.audio import SAMPLING_RATE_HZ, Samples
from icp_voice.transcribe.diarization import Diarization, VoiceTrack, from_stretches
from icp_voice.transcribe.whole_sound import WholeSound

log = logging.getLogger(__name__)

DEFAULT_PIPELINE = "pyannote/speaker-diarization-community-1"
_CONFIG = "config.yaml"


class PyannoteDiarizer:
    """One loaded pipeline; recordings take turns at it."""

    def __init__(self, model: str, *, offline: bool) -> None:
        """Load a pipeline.

        Args:
            model: a folder with `config.yaml` and the weights beside it, or a name at the hub;
                empty: the community pipeline.
            offline: never ask the hub.

        Raises:
            ModelError: no package, no pipeline, or none that loads.
        """
        # Read when pyannote is imported; on by default since its version 4.
        os.environ["PYANNOTE_METRICS_ENABLED"] = "0"
        try:
            import torch
            from pyannote.audio import Pipeline
        except ImportError as error:
            raise ModelError(
                f"diarizer = 'pyannote' needs the package pyannote.audio ({error}). Install it: "
                "pip install 'icp-voice[pyannote]', or use diarizer = 'builtin'."
            ) from error
        folder = _pipeline_folder(model or DEFAULT_PIPELINE, offline=offline)
        try:
            pipeline = Pipeline.from_pretrained(str(folder))
        except Exception as error:  # whatever its parts raise: yaml, torch, missing weights
            raise _unusable(folder, str(error) or type(error).__name__) from error
        if pipeline is None:
            raise _unusable(folder, "a part of it is gated and was not fetched")
        if torch.cuda.is_available():
            pipeline.to(torch.device("cuda"))
        self._torch: Any = torch
        self._pipeline: Any = pipeline
        self._lock = threading.Lock()

    def track(self) -> VoiceTrack:
        """Begin a recording."""
        return WholeSound(self._diarize)

    def _diarize(self, sound: Samples, min_speakers: int, max_speakers: int) -> Diarization:
        heard = {
            "waveform": self._torch.from_numpy(sound)[None, :],
            "sample_rate": SAMPLING_RATE_HZ,
        }
        with self._lock:
            output = self._pipeline(heard, min_speakers=min_speakers, max_speakers=max_speakers)
        # Version 4 tells one speaker at a time apart from overlapping ones; 3 returns the latter.
        annotation = getattr(output, "exclusive_speaker_diarization", None)
        if annotation is None:
            annotation = getattr(output, "speaker_diarization", output)
        stretches = [
            (float(turn.start), float(turn.end), str(label))
            for turn, _, label in annotation.itertracks(yield_label=True)
        ]
        return from_stretches(stretches, sound.shape[0] / SAMPLING_RATE_HZ)


def _pipeline_folder(model: str, *, offline: bool) -> Path:
    """Return the folder of a pipeline: given, the hub's copy here, or fetched."""
    given = Path(model).expanduser()
    if given.is_dir():
        if not (given / _CONFIG).is_file():
            raise _unusable(given, f"it lacks {_CONFIG}")
        if offline:
            _refuse_parts_of_the_hub(given)
        return given
    if model.startswith((".", "~", "/")) or model.count("/") != 1:
        raise ModelError(
            f"diarizer_model {model!r} is not a folder. Name a pyannote pipeline's folder (with "
            f"{_CONFIG}), or its name at the hub, such as {DEFAULT_PIPELINE}."
        )
    from huggingface_hub import snapshot_download

    for local in (True, False):
        if offline and not local:
            break
        try:
            folder = Path(snapshot_download(model, local_files_only=local))
        except Exception as error:  # the hub's client raises its HTTP library's errors unwrapped
            why = type(error).__name__
            log.info("pipeline not had: name=%s local=%s why=%s", model, local, why)
            continue
        if (folder / _CONFIG).is_file():
            return folder
    raise ModelError(
        f"The pipeline {model} is not on this machine"
        + (" and the run is offline" if offline else " and could not be fetched")
        + f". Accept its terms at https://huggingface.co/{model}, sign in with `hf auth login` and "
        "run once with a connection, or copy the repository into a folder and name that: "
        "diarizer_model = 'FOLDER'."
    )


def _refuse_parts_of_the_hub(folder: Path) -> None:
    """Refuse an older pipeline whose parts would be asked of the hub.

    Raises:
        ModelError: a part is named by its repository.
    """
    import yaml

    try:
        config = yaml.safe_load((folder / _CONFIG).read_text(encoding="utf-8"))
        parts = dict(config["pipeline"].get("params") or {})
    except (OSError, UnicodeDecodeError, yaml.YAMLError, LookupError, TypeError) as error:
        raise _unusable(folder, f"its {_CONFIG} is not a pipeline's") from error
    away = [v for v in parts.values() if isinstance(v, str) and v.startswith("pyannote/")]
    if away:
        raise _unusable(
            folder, f"it asks the hub for {', '.join(sorted(away))}, and the run is offline"
        )


def _unusable(folder: Path, why: str) -> ModelError:
    return ModelError(
        f"The pyannote pipeline in {folder} can't be used: {why}. Copy the whole repository of "
        f"https://huggingface.co/{DEFAULT_PIPELINE} there, or use diarizer = 'builtin'."
    )
