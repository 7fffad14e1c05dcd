"""Few-shot classifier: what a sentence says where no pattern foresaw the words.

Kernel ridge regression, one target a topic and one a kind, over the sum of two kernels: the dot
product of sentence embeddings (meaning) and of TF-IDF n-grams of lemmas (wording). It was chosen
by measurement, as the mean average precision over the kinds on annotated calls that no sentence
was written from: logistic heads on embeddings .51, on n-grams .53, their product .62; ridge on
both kernels .62, and .65 with the scores of topic and kind added. One solve for all topics takes
a second or two where the logistic heads took most of a minute, and held-out scores come with it in
closed form.

In a language that no neural model on this machine knows, TF-IDF n-grams of characters stand in for
the embeddings: they forgive endings, a recogniser's spelling and loanwords no dictionary has. One
apt clause in a long sentence is thinned out by the words around it, so long sentences are also
scored in pieces, and the best piece counts (mean average precision over the kinds on annotated
Russian calls .605 -> .632; logistic heads and linear SVMs on the same n-grams were no better than
ridge: .59 each).

Scores become probabilities by Platt's sigmoid, fitted on scores of sentences whose writer was left
out. Below a kind's threshold, and far from every example, the classifier abstains. It says nothing
in a language that the project has no corpus of, and nothing by n-grams alone where no thresholds
were measured for them: in English they added more wrong hits than right ones (beside the patterns,
precision of signals .81 -> .77 at the strictest threshold).

Sources: Saunders, Gammerman, Vovk (1998), ICML (kernel ridge); Rifkin, Lippert (2007), MIT
CSAIL-TR-2007-025 (leaving groups out in closed form); Platt (1999), Advances in Large Margin
Classifiers.
"""

import hashlib
import logging
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import accumulate, pairwise
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from icp_voice.embedding import SentenceEmbedder
from icp_voice.extract.corpus import Corpus, embed_corpus, model_name, read_corpus
from icp_voice.extract.language import lemma
from icp_voice.extract.taxonomy import Taxonomy

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

logger = logging.getLogger(__name__)

# Part of `SentenceClassifier.key`: raise it when code changes what is found.
CODE_VERSION = 2
RIDGE = 1.0
N_GRAM_WEIGHT = 1.5  # of the n-gram kernel, beside 1 for the embeddings'
MIN_SIMILARITY = 0.35  # cosine to the nearest sentence of the kind; below is far from all
MIN_SPELLING_SIMILARITY = 0.1  # the same of character n-grams
MIN_WORDS = 4
WINDOW_WORDS, WINDOW_STEP = 12, 6  # the pieces of a long sentence, where n-grams alone read it
# Probability from which a sentence counts: the lowest of a few tried where the hits, added to those
# of all, half and a third of the patterns, cost little precision on annotated calls, kind by kind
# (tests/benchmarks/classifier_quality.py). Objections are the hardest to tell from neutral talk.
THRESHOLDS: Mapping[str, float] = MappingProxyType(
    {
        "pain": 0.95,
        "objection": 0.98,
        "trigger": 0.9,
        "metric": 0.95,
        "process": 0.95,
        "question": 0.5,
    }
)
# The same without a neural model, by language; a language that is not listed stays silent.
SPELLING_THRESHOLDS: Mapping[str, Mapping[str, float]] = MappingProxyType(
    {
        "ru": MappingProxyType(
            {
                "pain": 0.8,
                "objection": 0.9,
                "trigger": 0.6,
                "metric": 0.6,
                "process": 0.6,
                "question": 0.5,
            }
        ),
        "uk": MappingProxyType(
            {
                "pain": 0.7,
                "objection": 0.9,
                "trigger": 0.7,
                "metric": 0.5,
                "process": 0.5,
                "question": 0.5,
            }
        ),
        "pl": MappingProxyType(
            {
                "pain": 0.7,
                "objection": 0.95,
                "trigger": 0.7,
                "metric": 0.7,
                "process": 0.7,
                "question": 0.7,
            }
        ),
    }
)
DEFAULT_THRESHOLD = 0.95  # of kinds that a user added
_WORD = re.compile(r"[$€£%₽₴?]|\d[\d.,:]*|[^\W\d_]+(?:['’][^\W\d_]+)?")
_NUMBER = "#n"


@dataclass(frozen=True)
class Label:
    """What a sentence says; `probability` that it says something of the kind, in [0, 1]."""

    kind: str
    topic: str
    probability: float


@dataclass(frozen=True)
class _Model:
    """A trained head; n sentences, c targets (topics, then kinds).

    Attributes:
        n_grams, weights: the fitted n-grams of lemmas, and those of the corpus, sparse.
        spelling: the fitted n-grams of characters; None where a neural model makes the vectors.
        vectors: unit vectors of the corpus, dense by the neural model or sparse by `spelling`.
        alpha, offset: dual weights, shape (n, c), and the mean of the targets, shape (c,).
        sigmoids: slope and intercept by kind.
    """

    corpus: Corpus
    topics: tuple[tuple[str, str], ...]
    n_grams: Any
    weights: Any
    spelling: Any
    vectors: Any
    alpha: "NDArray[np.float32]"
    offset: "NDArray[np.float32]"
    sigmoids: Mapping[str, tuple[float, float]]


class SentenceClassifier:
    """Finds topics in single sentences. Trained per language at the first sentence of it."""

    def __init__(
        self,
        taxonomy: Taxonomy,
        embedder: SentenceEmbedder,
        *,
        thresholds: Mapping[str, float] | None = None,
        corpora: Mapping[str, Corpus] | None = None,
    ) -> None:
        """Remember what to learn from; nothing is read or trained yet.

        Args:
            taxonomy: its YAML examples join the corpus.
            embedder: the sentence model; n-grams of characters stand in for it in a language
                that it doesn't know.
            thresholds: probability by kind from which a sentence counts, instead of the measured
                ones.
            corpora: by language, instead of the shipped ones.
        """
        self._taxonomy = taxonomy
        self._embedder = embedder
        self._given_thresholds = thresholds
        self._given = corpora
        self._corpora: dict[str, Corpus | None] = dict(corpora or {})
        self._models: dict[str, _Model] = {}

    def key_of(self, language: str) -> str:
        """Return the identity of everything that decides what is found; trains nothing."""
        corpus = self._corpus(language)
        parts = (
            corpus.key if corpus else "",
            model_name(self._embedder, language),
            str(CODE_VERSION),
            str(sorted((self._thresholds(language) or {}).items())),
        )
        return hashlib.sha256("\0".join(parts).encode()).hexdigest()[:16]

    def classify(self, texts: Sequence[str], language: str) -> list[tuple[Label, ...]]:
        """Return what each sentence says, at most one topic a kind; empty where it abstains."""
        import numpy as np

        found: list[tuple[Label, ...]] = [()] * len(texts)
        rows = [i for i, text in enumerate(texts) if len(text.split()) >= MIN_WORDS]
        model = self._model(language) if rows else None
        if model is None:
            return found
        thresholds = self._thresholds(language) or {}
        scores, near = self._scores(model, [texts[i] for i in rows])
        first_kind = len(model.topics)
        for number, kind in enumerate(model.corpus.kinds):
            columns = [j for j, label in enumerate(model.topics) if label[0] == kind]
            topics = scores[:, columns]
            probability = _sigmoid(
                topics.max(axis=1) + scores[:, first_kind + number], *model.sigmoids[kind]
            )
            said = (probability >= thresholds.get(kind, DEFAULT_THRESHOLD)) & near[:, number]
            for row in np.flatnonzero(said):
                topic = model.topics[columns[int(topics[row].argmax())]][1]
                label = Label(kind, topic, round(float(probability[row]), 4))
                found[rows[row]] = (*found[rows[row]], label)
        return found

    def _corpus(self, language: str) -> Corpus | None:
        if language not in self._corpora:
            given = self._given is None
            self._corpora[language] = read_corpus(language, self._taxonomy) if given else None
        return self._corpora[language]

    def _thresholds(self, language: str) -> Mapping[str, float] | None:
        """Return the thresholds of what reads the language here; None where it stays silent."""
        if self._given_thresholds is not None:
            return self._given_thresholds
        if model_name(self._embedder, language):
            return THRESHOLDS
        return SPELLING_THRESHOLDS.get(language)

    def _model(self, language: str) -> _Model | None:
        corpus = self._corpus(language)
        if corpus is None or not corpus.kinds or self._thresholds(language) is None:
            return None
        if language not in self._models:
            words = self._taxonomy.words.get(language)
            numbers = words.numbers if words else frozenset()
            self._models[language] = train(corpus, self._embedder, numbers)
        return self._models[language]

    def _scores(
        self, model: _Model, texts: Sequence[str]
    ) -> tuple["NDArray[np.float32]", "NDArray[np.bool_]"]:
        """Return scores, shape (texts, targets), and whether a kind's example is near."""
        import numpy as np

        pieces = [_windows(text) if model.spelling else [text] for text in texts]
        flat = [piece for of_text in pieces for piece in of_text]
        if model.spelling is None:
            width = model.vectors.shape[1]
            similar = self._embedder.embed(flat)[:, :width] @ model.vectors.T
            least = MIN_SIMILARITY
        else:
            similar = (model.spelling.transform(flat) @ model.vectors.T).toarray()
            least = MIN_SPELLING_SIMILARITY
        wording = (model.n_grams.transform(flat) @ model.weights.T).toarray()
        kernel = similar + N_GRAM_WEIGHT * wording
        near = np.zeros((len(flat), len(model.corpus.kinds)), dtype=bool)
        for number, kind in enumerate(model.corpus.kinds):
            own = [
                i for i, said in enumerate(model.corpus.labels) if any(k == kind for k, _ in said)
            ]
            near[:, number] = similar[:, own].max(axis=1) >= least
        scores = (kernel @ model.alpha + model.offset).astype(np.float32)
        starts = list(accumulate((len(of_text) for of_text in pieces[:-1]), initial=0))
        return np.maximum.reduceat(scores, starts), np.logical_or.reduceat(near, starts)


def _windows(text: str) -> list[str]:
    """Return a text and, where it is long, its overlapping pieces of `WINDOW_WORDS`.

    >>> [piece.split()[0] for piece in _windows("a b c d e f g h i j k l m n")]
    ['a', 'a', 'g']
    """
    words = text.split()
    if len(words) <= WINDOW_WORDS:
        return [text]
    starts = range(0, len(words) - WINDOW_WORDS + WINDOW_STEP, WINDOW_STEP)
    return [text, *(" ".join(words[i : i + WINDOW_WORDS]) for i in starts)]


def train(
    corpus: Corpus, embedder: SentenceEmbedder, numbers: frozenset[str] = frozenset()
) -> _Model:
    """Fit the heads of all kinds on a corpus; same input, same model.

    Args:
        corpus: at least one sentence of each kind.
        embedder: a model; where it doesn't know the corpus's language it isn't asked.
        numbers: the language's words for numbers; n-grams take them all for one.
    """
    import numpy as np
    from sklearn.feature_extraction.text import TfidfVectorizer
    from threadpoolctl import threadpool_limits

    n_grams = TfidfVectorizer(
        analyzer=_Analyzer(corpus.language, numbers), sublinear_tf=True, dtype=np.float32
    )
    weights = n_grams.fit_transform(corpus.texts)
    spelling, vectors = None, None
    if model_name(embedder, corpus.language):
        vectors = embed_corpus(corpus, embedder)
        similar = vectors @ vectors.T
    else:
        spelling = TfidfVectorizer(
            analyzer="char_wb", ngram_range=(3, 5), sublinear_tf=True, dtype=np.float32
        )
        vectors = spelling.fit_transform(corpus.texts)
        similar = (vectors @ vectors.T).toarray()
    kernel = similar + N_GRAM_WEIGHT * (weights @ weights.T).toarray()
    topics, said = _targets(corpus)
    offset = said.mean(axis=0)
    # One thread: on a busy machine several wait for each other, and take three times as long; and
    # the sums are the same on every machine.
    with threadpool_limits(1, user_api="blas"):
        alpha, held_out = _solve(kernel, said - offset, corpus.writers)
        sigmoids = _fit_sigmoids(corpus.kinds, topics, held_out + offset, said)
    logger.info(
        "classifier %s: %d sentences, %d topics of %d kinds, %s",
        corpus.language, len(corpus.texts), len(topics), len(corpus.kinds),
        model_name(embedder, corpus.language) or "n-grams",
    )  # fmt: skip
    return _Model(corpus, topics, n_grams, weights, spelling, vectors, alpha, offset, sigmoids)


def _targets(corpus: Corpus) -> tuple[tuple[tuple[str, str], ...], "NDArray[np.float32]"]:
    """Return the topics and what each sentence says, 1 or 0; columns are topics, then kinds."""
    import numpy as np

    topics = tuple(sorted({label for labels in corpus.labels for label in labels}))
    said = [
        [t in labels for t in topics] + [any(k == kind for k, _ in labels) for kind in corpus.kinds]
        for labels in corpus.labels
    ]
    return topics, np.array(said, dtype=np.float32)


def _solve(
    kernel: "NDArray[np.float32]", targets: "NDArray[np.float32]", writers: Sequence[str]
) -> tuple["NDArray[np.float32]", "NDArray[np.float32]"]:
    """Return the dual weights, and each sentence's scores without its writer's sentences.

    With G = (K + ridge I)^-1 and a = G y, leaving out a group S predicts y_S - G_SS^-1 a_S.
    Source: Rifkin, Lippert (2007), section 4, for groups instead of single rows.
    """
    import numpy as np
    from scipy.linalg import cholesky, lapack

    kernel = kernel + RIDGE * np.eye(len(kernel), dtype=np.float32)
    lower, _ = lapack.spotri(cholesky(kernel, lower=True, check_finite=False), lower=1)
    lower = np.tril(lower)
    inverse = lower + np.tril(lower, -1).T
    alpha = inverse @ targets
    held_out = np.empty_like(targets)
    by_writer = np.array(writers)
    for writer in sorted(set(writers)):
        group = np.flatnonzero(by_writer == writer)
        block = inverse[np.ix_(group, group)]
        held_out[group] = targets[group] - np.linalg.solve(block, alpha[group])
    return alpha, held_out


def _fit_sigmoids(
    kinds: Sequence[str],
    topics: Sequence[tuple[str, str]],
    scores: "NDArray[np.float32]",
    said: "NDArray[np.float32]",
) -> Mapping[str, tuple[float, float]]:
    """Return slope and intercept of Platt's sigmoid by kind; columns are topics, then kinds."""
    from sklearn.linear_model import LogisticRegression

    sigmoids = {}
    for number, kind in enumerate(kinds):
        columns = [j for j, label in enumerate(topics) if label[0] == kind]
        mine = len(topics) + number
        score = scores[:, columns].max(axis=1) + scores[:, mine]
        fitted = LogisticRegression(C=100.0).fit(score.reshape(-1, 1), said[:, mine] > 0)
        sigmoids[kind] = (float(fitted.coef_[0, 0]), float(fitted.intercept_[0]))
    return sigmoids


def _sigmoid(score: "NDArray[np.float32]", slope: float, intercept: float) -> "NDArray[np.float32]":
    import numpy as np

    result: NDArray[np.float32] = 1.0 / (1.0 + np.exp(-(slope * score + intercept)))
    return result


class _Analyzer:
    """Lemmas, pairs of neighbours and pairs one word apart; numbers are one word.

    >>> _Analyzer("en", frozenset({"six"}))("Six orders, lost!")
    ['#n', 'order', 'lose', '#n order', 'order lose', '#n _ lose']
    """

    def __init__(self, language: str, numbers: frozenset[str] = frozenset()) -> None:
        self._language = language
        self._numbers = numbers

    def __call__(self, text: str) -> list[str]:
        words = [self._lemma(word.replace("’", "'")) for word in _WORD.findall(text.lower())]
        pairs = [f"{a} {b}" for a, b in pairwise(words)]
        gaps = [f"{a} _ {b}" for a, b in zip(words, words[2:], strict=False)]
        return [*words, *pairs, *gaps]

    def _lemma(self, word: str) -> str:
        if word[0].isdigit() or word in self._numbers:
            return _NUMBER
        return lemma(self._language, word)
