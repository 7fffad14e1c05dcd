"""Step 1: the training sentences (two thirds grammar, one third random words) and the tokenizer.

Random word strings keep the decoder from guessing: their next word can only be heard.
The tokenizer is a byte-level BPE of 1,500 entries with Whisper's special and timestamp tokens in
Whisper's order behind it; fewer than 51,865 entries make CTranslate2 treat it as English-only.
"""

from __future__ import annotations

import random
import sys
from pathlib import Path

from tokenizers import AddedToken, Tokenizer, decoders, models, pre_tokenizers, trainers

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "sample_audio" / "generate"))

import grammar
from slots import SLOTS

N_BPE = 1_500
RANDOM_STRINGS_SHARE = 0.33
N_TIMESTAMPS = 1_501  # <|0.00|> to <|30.00|> in steps of 0.02 s


def training_sentence(rng: random.Random) -> str:
    """Draw one sentence that is not held out."""
    while True:
        if rng.random() < RANDOM_STRINGS_SHARE:
            sentence = _random_string(rng)
        else:
            sentence = _grammar_sentence(rng)
        if not grammar.is_held_out(sentence):
            return sentence


def held_out_sentence(rng: random.Random) -> str:
    """Draw one grammar sentence of the kind that training never sees."""
    while True:
        sentence = _grammar_sentence(rng)
        if grammar.is_held_out(sentence):
            return sentence


_KEYS = sorted(grammar.TEMPLATES)
_WORDS = grammar.vocabulary()
_PHRASES = sorted({value for values in SLOTS.values() for value in values if "{" not in value})


def _grammar_sentence(rng: random.Random) -> str:
    if rng.random() < 0.5:  # half by template, half by key: small keys are heard often enough
        key = rng.choice(_KEYS)
        return grammar.expand(rng.choice(grammar.TEMPLATES[key]), rng)
    return grammar.expand(rng.choice(_ALL_TEMPLATES), rng)


_ALL_TEMPLATES = [line for key in _KEYS for line in grammar.TEMPLATES[key]]


def _random_string(rng: random.Random) -> str:
    n_parts = rng.randint(2, 7)
    parts = [rng.choice(_WORDS if rng.random() < 0.65 else _PHRASES) for _ in range(n_parts)]
    text = " ".join(parts)
    return text[0].upper() + text[1:] + rng.choice((".", ".", ".", "?"))


def train_tokenizer(n_sentences: int = 30_000, *, seed: int = 1) -> Tokenizer:
    """Train the BPE and add Whisper's special tokens in Whisper's order."""
    from faster_whisper.tokenizer import _LANGUAGE_CODES

    rng = random.Random(seed)
    sentences = [" " + training_sentence(rng) for _ in range(n_sentences)]
    # every letter is merged with the space before it: faster-whisper suppresses the lone space
    # token (the first byte of " -"), so that no word may need it
    letters = sorted({char for text in sentences for char in text if char.isalpha()})
    sentences += [f" {char}" for char in letters] * 20_000
    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.decoder = decoders.ByteLevel()
    alphabet = pre_tokenizers.ByteLevel.alphabet()
    trainer = trainers.BpeTrainer(
        vocab_size=N_BPE, initial_alphabet=sorted(alphabet), show_progress=False
    )
    tokenizer.train_from_iterator(sentences, trainer)
    specials = ["<|endoftext|>", "<|startoftranscript|>"]
    # Whisper's order of the languages does not matter for an English-only model; their number does
    languages = ["en", *(code for code in _LANGUAGE_CODES if code not in ("en", "yue"))]
    specials += [f"<|{code}|>" for code in languages]
    specials += ["<|translate|>", "<|transcribe|>", "<|startoflm|>", "<|startofprev|>"]
    specials += ["<|nospeech|>", "<|notimestamps|>"]
    timestamps = [f"<|{index * 0.02:.2f}|>" for index in range(N_TIMESTAMPS)]
    tokenizer.add_special_tokens([AddedToken(text, special=True) for text in specials])
    tokenizer.add_tokens([AddedToken(text, special=False) for text in timestamps])
    return tokenizer


def main(work: Path) -> None:
    """Write `tokenizer.json` into the work folder."""
    work.mkdir(parents=True, exist_ok=True)
    tokenizer = train_tokenizer()
    tokenizer.save(str(work / "tokenizer.json"))


if __name__ == "__main__":
    main(Path(sys.argv[1]))
