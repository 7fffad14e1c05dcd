"""Step 4: write a checkpoint as a CTranslate2 int8 model that `WhisperModel(folder)` loads.

python convert.py WORK checkpoint.pt OUTPUT_FOLDER
"""

from __future__ import annotations

import json
import shutil
import sys
from pathlib import Path

import torch
from ctranslate2.converters import TransformersConverter
from tokenizers import Tokenizer
from transformers import GenerationConfig, WhisperConfig, WhisperForConditionalGeneration

from network import Network, Size  # isort: skip

PREPROCESSOR = {
    "chunk_length": 30, "feature_extractor_type": "WhisperFeatureExtractor", "feature_size": 80,
    "hop_length": 160, "n_fft": 400, "n_samples": 480000, "nb_max_frames": 3000,
    "padding_side": "right", "padding_value": 0.0, "processor_class": "WhisperProcessor",
    "return_attention_mask": False, "sampling_rate": 16000,
}  # fmt: skip


def convert(work: Path, checkpoint: str, output: Path) -> None:
    """Convert one checkpoint of the work folder."""
    tokenizer = Tokenizer.from_file(str(work / "tokenizer.json"))
    size = Size(n_vocabulary=tokenizer.get_vocab_size())
    network = Network(size)
    saved = torch.load(work / checkpoint, weights_only=True)
    network.load_state_dict(saved["network"])
    start = tokenizer.token_to_id("<|startoftranscript|>")
    end = tokenizer.token_to_id("<|endoftext|>")
    config = WhisperConfig(
        vocab_size=size.n_vocabulary,
        num_mel_bins=size.n_mels,
        d_model=size.d_model,
        encoder_layers=size.n_encoder_layers,
        decoder_layers=size.n_decoder_layers,
        encoder_attention_heads=size.n_heads,
        decoder_attention_heads=size.n_heads,
        encoder_ffn_dim=4 * size.d_model,
        decoder_ffn_dim=4 * size.d_model,
        max_source_positions=1_500,
        max_target_positions=size.n_target_positions,
        bos_token_id=end,
        eos_token_id=end,
        pad_token_id=end,
        decoder_start_token_id=start,
        tie_word_embeddings=True,
    )
    model = WhisperForConditionalGeneration(config)
    model.load_state_dict(network.whisper_state())
    space = tokenizer.encode(" ").ids[0]
    model.generation_config = GenerationConfig(
        decoder_start_token_id=start,
        eos_token_id=end,
        pad_token_id=end,
        suppress_tokens=[],
        begin_suppress_tokens=[space, end],
        # the heads that training teaches to look where the next token is said
        alignment_heads=[[layer, 0] for layer in range(size.n_decoder_layers)],
        lang_to_id={},
    )
    folder = work / "transformers"
    shutil.rmtree(folder, ignore_errors=True)
    model.save_pretrained(folder)
    tokenizer.save(str(folder / "tokenizer.json"))
    tokenizer_config = {"tokenizer_class": "PreTrainedTokenizerFast", "eos_token": "<|endoftext|>"}
    (folder / "tokenizer_config.json").write_text(json.dumps(tokenizer_config), encoding="utf-8")
    (folder / "preprocessor_config.json").write_text(
        json.dumps(PREPROCESSOR, indent=2) + "\n", encoding="utf-8"
    )
    files = ["tokenizer.json", "preprocessor_config.json"]
    TransformersConverter(str(folder), copy_files=files).convert(
        str(output), quantization="int8", force=True
    )


if __name__ == "__main__":
    convert(Path(sys.argv[1]), sys.argv[2], Path(sys.argv[3]))
