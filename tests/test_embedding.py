import hashlib
import subprocess
import sys
import tomllib
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from icp_voice import embedding
from icp_voice.embedding import (
    CachedEmbedder,
    CorpusEmbedder,
    MixedEmbedder,
    TransformerEmbedder,
    load_embedder,
)
from icp_voice.errors import ModelError
from icp_voice.models.store import StoredModel
from icp_voice.resources import resource_path

CORPUS = (
    "We do everything in spreadsheets",
    "All of it lives in a spreadsheet",
    "The auditor found three gaps last year",
    "Our CFO has to approve the budget",
    "Мы всё ведём в экселе",
    "Отчёты в Экселе собираем руками",
)


@pytest.fixture(autouse=True)
def _no_fetched_model(monkeypatch: pytest.MonkeyPatch) -> None:
    """Tests give the same result whether or not this machine has the multilingual model."""
    monkeypatch.setattr(embedding, "find_multilingual_model", lambda: None)


@pytest.fixture(scope="module")
def english() -> TransformerEmbedder:
    """Return the packaged English model, loaded once."""
    folder = embedding.find_english_model()
    assert folder is not None
    return TransformerEmbedder(
        folder, name="english", languages=("en",), sha256=embedding.ENGLISH_SHA256
    )


class CountingEmbedder:
    """Letter counts as vectors; counts the texts it was asked for."""

    name = "letters"
    languages = ("en",)
    notice = ""

    def __init__(self) -> None:
        self.asked: list[str] = []

    def embed(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Count letters and remember what was asked."""
        self.asked.extend(texts)
        rows = np.array([[1.0, *(text.count(c) for c in "abc")] for text in texts]).reshape(-1, 4)
        return np.asarray(rows / np.linalg.norm(rows, axis=1, keepdims=True), dtype=np.float32)


class DictCache:
    """A persistent cache, for a test."""

    def __init__(self) -> None:
        self.vectors: dict[str, NDArray[np.float32]] = {}

    def get_many(self, texts: Sequence[str]) -> Mapping[str, NDArray[np.float32]]:
        """Return what is kept."""
        return {text: self.vectors[text] for text in texts if text in self.vectors}

    def put_many(self, vectors: Mapping[str, NDArray[np.float32]]) -> None:
        """Keep vectors."""
        self.vectors.update(vectors)


class TestLoadEmbedder:
    """Which model is picked."""

    def test_english_is_read_by_the_packaged_model(self) -> None:
        """English alone gets all-MiniLM-L6-v2, named with the sum of its weights."""
        embedder = load_embedder(["en", "en-GB"])
        assert embedder.name == "all-MiniLM-L6-v2@53aa51172d14"
        assert embedder.notice == ""

    def test_other_languages_fall_back_to_n_grams_with_a_notice(self) -> None:
        """Without the multilingual model Russian gets n-grams, and a sentence says so."""
        embedder = load_embedder(["ru"], corpus=CORPUS)
        assert isinstance(embedder, CorpusEmbedder)
        assert "fetch the multilingual model" in embedder.notice

    def test_one_foreign_call_does_not_cost_the_english_ones_their_model(self) -> None:
        """English beside Russian: each sentence goes to the best model there is for it."""
        embedder = load_embedder(["ru", "en"], corpus=CORPUS)
        assert embedder.name.startswith("all-MiniLM-L6-v2@53aa51172d14+tfidf-svd-")
        assert embedder.languages == ("en", "ru")
        assert "fetch the multilingual model" in embedder.notice

    def test_english_talk_under_a_foreign_flag_is_english(self) -> None:
        """Where no sentence of the archive is in another language, English alone is enough."""
        assert (
            load_embedder(["en", "pl"], corpus=CORPUS[:4]).name == "all-MiniLM-L6-v2@53aa51172d14"
        )

    def test_pinned_sum_is_the_manifests(self) -> None:
        """The sum in the code and the one that `models verify` checks are the same."""
        manifest = tomllib.loads(
            resource_path("models", "manifest.toml").read_text(encoding="utf-8")
        )
        (entry,) = [m for m in manifest["model"] if m["name"] == embedding.ENGLISH_MODEL]
        assert entry["files"][0]["sha256"] == embedding.ENGLISH_SHA256

    def test_fetched_multilingual_model_is_preferred(
        self, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
    ) -> None:
        """Where the multilingual model has been fetched, it reads all four languages."""
        stored = StoredModel(tmp_path, "hub cache", "0123456789abcdef")
        monkeypatch.setattr(embedding, "find_multilingual_model", lambda: stored)
        embedder = load_embedder(["en", "pl"])
        assert embedder.name == "paraphrase-multilingual-MiniLM-L12-v2@0123456789ab"
        assert embedder.languages == ("en", "ru", "uk", "pl")

    def test_nothing_heavy_is_imported_before_the_first_sentence(self) -> None:
        """Choosing a model, and embedding nothing new, never imports torch or scikit-learn."""
        code = (
            "import sys; from icp_voice.embedding import CachedEmbedder, load_embedder;"
            "e = CachedEmbedder(load_embedder(['en'])); e.name; e.embed([]);"
            "load_embedder(['xx'], corpus=['one']).name;"
            "print([m for m in ('torch', 'sklearn', 'transformers') if m in sys.modules])"
        )
        result = subprocess.run(
            [sys.executable, "-c", code], capture_output=True, text=True, check=True
        )
        assert result.stdout.strip() == "[]"


class TestTransformerEmbedder:
    """The neural model."""

    def test_meaning_counts_more_than_words(self, english: TransformerEmbedder) -> None:
        """A paraphrase is closer than a sentence that shares more words."""
        vectors = english.embed(
            [
                "We keep all of it in Excel.",
                "Everything lives in spreadsheets.",
                "We keep all of it in mind.",
            ]
        )
        assert vectors.dtype == np.float32
        assert vectors.shape == (3, 384)
        assert np.allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-5)
        assert vectors[0] @ vectors[1] > vectors[0] @ vectors[2]

    def test_order_is_kept_and_batching_changes_nothing(self, english: TransformerEmbedder) -> None:
        """Rows follow the texts, whatever their lengths and whoever stands beside them."""
        texts = ["short one", "a rather longer sentence about quarterly numbers and audits", "mid"]
        together = english.embed(texts)
        alone = np.vstack([english.embed([text]) for text in texts])
        assert np.allclose(together, alone, atol=1e-5)

    def test_no_texts_give_no_rows(self, english: TransformerEmbedder) -> None:
        """Embedding nothing is an empty table of the right width."""
        assert english.embed([]).shape == (0, 384)

    def test_damaged_weights_are_refused(self, tmp_path: Path) -> None:
        """Weights with another sum are never loaded; the sentence says how to repair it."""
        (tmp_path / "model.safetensors").write_bytes(b"damaged")
        embedder = TransformerEmbedder(tmp_path, name="x", languages=("en",), sha256="0" * 64)
        found = hashlib.sha256(b"damaged").hexdigest()[:12]
        with pytest.raises(ModelError, match=rf"{found}.*force-reinstall"):
            embedder.embed(["hello"])


class TestCorpusEmbedder:
    """The n-gram model."""

    def test_inflected_forms_are_close(self) -> None:
        """Character n-grams bring "экселе" and "Экселе собираем" together."""
        a, b, c = CorpusEmbedder(CORPUS).embed(
            ["Мы всё ведём в экселе", "Отчёты в Экселе собираем руками", "Our CFO has to approve"]
        )
        assert a @ b > 10 * abs(a @ c)

    def test_corpus_order_and_repeats_do_not_matter(self) -> None:
        """The same sentences in another order give the same name and the same vectors."""
        one, other = CorpusEmbedder(CORPUS), CorpusEmbedder([*reversed(CORPUS), CORPUS[0]])
        assert one.name == other.name
        assert np.array_equal(one.embed(CORPUS), other.embed(CORPUS))
        assert one.name != CorpusEmbedder(CORPUS[1:]).name

    @pytest.mark.parametrize("corpus", [CORPUS[:1], CORPUS[:2], CORPUS[:3]])
    def test_tiny_corpora_work(self, corpus: tuple[str, ...]) -> None:
        """One sentence is enough to be fitted on; unknown texts become zeros."""
        embedder = CorpusEmbedder(corpus)
        vectors = embedder.embed([*corpus, "§§§"])
        assert np.allclose(np.linalg.norm(vectors[:-1], axis=1), 1, atol=1e-5)
        assert not vectors[-1].any()
        assert embedder.embed([]).shape == (0, vectors.shape[1])

    def test_an_empty_corpus_is_a_clear_error(self) -> None:
        """Without sentences to be fitted on it says where to hand them over."""
        with pytest.raises(ModelError, match="corpus="):
            CorpusEmbedder(["", "..."]).embed(["hello"])


class TestMixedEmbedder:
    """English and other languages in one archive."""

    def test_each_part_keeps_its_models_geometry(self) -> None:
        """Dot products within a language are its model's; across the parts they are 0."""
        mixed = MixedEmbedder(CountingEmbedder(), CORPUS[4:], languages=("en", "ru"))
        english, russian = list(CORPUS[:4]), list(CORPUS[4:])
        vectors = mixed.embed([*english, *russian])
        assert np.allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-5)
        assert not (vectors[:4] @ vectors[4:].T).any()
        own = CountingEmbedder().embed(english)
        assert np.allclose(vectors[:4] @ vectors[:4].T, own @ own.T, atol=1e-6)
        assert np.array_equal(mixed.embed(russian), vectors[4:])


class TestCachedEmbedder:
    """The cache."""

    def test_each_distinct_text_is_embedded_once(self) -> None:
        """Repeats, within a call and across calls, cost nothing."""
        inner = CountingEmbedder()
        cached = CachedEmbedder(inner)
        cached.embed(["a", "b", "a"])
        cached.embed(["b", "c"])
        assert sorted(inner.asked) == ["a", "b", "c"]

    def test_a_persistent_cache_spares_the_next_run(self) -> None:
        """A second embedder with the same cache asks the model for nothing."""
        cache = DictCache()
        first = CachedEmbedder(CountingEmbedder(), cache).embed(["ab", "c"])
        inner = CountingEmbedder()
        second = CachedEmbedder(inner, cache).embed(["ab", "c"])
        assert inner.asked == []
        assert np.array_equal(first, second)

    @given(st.lists(st.text(alphabet="abc ", max_size=6), max_size=12))
    @settings(max_examples=50, deadline=None)
    def test_caching_changes_no_vector(self, texts: list[str]) -> None:
        """Whatever is asked, in whatever order, the rows are the wrapped model's."""
        cached = CachedEmbedder(CountingEmbedder(), DictCache())
        cached.embed(texts[::2])
        vectors = cached.embed(texts)
        assert len(vectors) == len(texts)
        if texts:
            assert np.array_equal(vectors, CountingEmbedder().embed(texts))
