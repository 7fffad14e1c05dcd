"""sherpa-onnx as the diarizer (extra `sherpa`): ONNX models from a folder, no token, no torch."""

import threading
from pathlib import Path
from typing import Any

import numpy as np

from icp_voice.errors import ModelError
from icp_voice.transcribe.audio import SAMPLING_RATE_HZ, Samples
from icp_voice.transcribe.diarization import Diarization, VoiceTrack, from_stretches
from icp_voice.transcribe.whole_sound import WholeSound

# Distance of two voices above which they are two; sherpa-onnx's own examples use it.
_THRESHOLD = 0.5
_SOURCE = "https://github.com/k2-fsa/sherpa-onnx/releases"
_ACCEPTED = (
    "one .onnx file whose path says `segmentation` (sherpa-onnx-pyannote-segmentation-3-0) and one "
    "that tells voices apart (such as nemo_en_titanet_small.onnx)"
)


class SherpaDiarizer:
    """Segmentation and voice model of sherpa-onnx; recordings take turns at them."""

    def __init__(self, model: str) -> None:
        """Load the two models of a folder.

        Raises:
            ModelError: no package, no models, or none that load.
        """
        try:
            import sherpa_onnx
        except ImportError as error:
            raise ModelError(
                f"diarizer = 'sherpa-onnx' needs the package sherpa-onnx ({error}). Install it: "
                "pip install 'icp-voice[sherpa]', or use diarizer = 'builtin'."
            ) from error
        segmentation, voices = _model_files(model)
        self._sherpa: Any = sherpa_onnx
        self._segmentation: Any = sherpa_onnx.OfflineSpeakerSegmentationModelConfig(
            pyannote=sherpa_onnx.OfflineSpeakerSegmentationPyannoteModelConfig(
                model=str(segmentation)
            )
        )
        self._voices: Any = sherpa_onnx.SpeakerEmbeddingExtractorConfig(model=str(voices))
        try:
            self._diarizer: Any = sherpa_onnx.OfflineSpeakerDiarization(self._config(-1))
        except RuntimeError as error:
            raise ModelError(
                f"sherpa-onnx can't load {segmentation.name} and {voices.name} of {model}: "
                f"{error}. Get both from {_SOURCE}, copied whole."
            ) from error
        if self._diarizer.sample_rate != SAMPLING_RATE_HZ:
            raise ModelError(
                f"{segmentation.name} hears {self._diarizer.sample_rate} Hz; accepted are models "
                f"for {SAMPLING_RATE_HZ} Hz, such as those of {_SOURCE}."
            )
        self._lock = threading.Lock()

    def track(self) -> VoiceTrack:
        """Begin a recording."""
        return WholeSound(self._diarize)

    def _config(self, n_speakers: int) -> Any:
        return self._sherpa.OfflineSpeakerDiarizationConfig(
            segmentation=self._segmentation,
            embedding=self._voices,
            clustering=self._sherpa.FastClusteringConfig(
                num_clusters=n_speakers, threshold=_THRESHOLD
            ),
        )

    def _diarize(self, sound: Samples, min_speakers: int, max_speakers: int) -> Diarization:
        with self._lock:
            found = self._hear(sound, -1 if min_speakers < max_speakers else min_speakers)
            # It takes one number or none: ask again where its own is out of range.
            if not min_speakers <= found.n_speakers <= max_speakers:
                found = self._hear(
                    sound, min_speakers if found.n_speakers < min_speakers else max_speakers
                )
        return found

    def _hear(self, sound: Samples, n_speakers: int) -> Diarization:
        self._diarizer.set_config(self._config(n_speakers))
        result = self._diarizer.process(np.ascontiguousarray(sound))
        stretches = [(s.start, s.end, str(s.speaker)) for s in result.sort_by_start_time()]
        return from_stretches(stretches, sound.shape[0] / SAMPLING_RATE_HZ)


def _model_files(model: str) -> tuple[Path, Path]:
    """Return the segmentation and the voice model of a folder; whole ones before int8 ones.

    Raises:
        ModelError: not a folder, or one of them is not in it.
    """
    folder = Path(model).expanduser()
    if not model or not folder.is_dir():
        said = f"diarizer_model {model!r} is not a folder" if model else "diarizer_model is not set"
        raise ModelError(
            f"{said}. diarizer = 'sherpa-onnx' needs a folder with {_ACCEPTED}; get both from "
            f"{_SOURCE} and write diarizer_model = 'FOLDER' under [transcribe]."
        )
    files = sorted(folder.rglob("*.onnx"), key=lambda p: ("int8" in p.name, p.as_posix()))
    inside = {path: path.relative_to(folder).as_posix().lower() for path in files}
    segmentation = [path for path, name in inside.items() if "segmentation" in name]
    voices = [path for path, name in inside.items() if "segmentation" not in name]
    if not segmentation or not voices:
        lacks = "a segmentation model" if not segmentation else "a model that tells voices apart"
        raise ModelError(f"{folder} lacks {lacks}: it needs {_ACCEPTED}. Get it from {_SOURCE}.")
    return segmentation[0], voices[0]
