"""What the sentence classifier learns from: labelled sentences, and their vectors made beforehand.

`pipelines/taxonomy/corpus/<language>/<kind>.tsv` (text, topic or `none`, writer) and the positive
and negative examples of the taxonomy's YAML, a user's own included. Embedding three thousand
sentences takes ten seconds or more, so `vectors.npz` beside the corpus carries their vectors as
8-bit numbers; what it lacks is embedded when it is needed.
"""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from icp_voice.embedding import SentenceEmbedder
from icp_voice.errors import TaxonomyError
from icp_voice.extract.taxonomy import Taxonomy
from icp_voice.resources import resource_path

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

COLUMNS = ("text", "topic", "writer")
NONE = "none"
EXAMPLE_WRITER = "examples"
VECTORS_FILE = "vectors.npz"
# A name is looked up, not learned; people have rules of their own.
NAMED_KINDS = ("tool", "competitor", "stakeholder")
_MIN_EXAMPLES = 3  # of a topic the user added; fewer teach nothing


@dataclass(frozen=True)
class Corpus:
    """Distinct sentences, sorted, with what each says.

    Attributes:
        labels: per sentence the (kind, topic) pairs it says; empty says nothing.
        writers: per sentence the voice it was written in; the groups of held-out scores.
        kinds: the kinds that can be learned, sorted.
        key: hash of all of it.
    """

    language: str
    texts: tuple[str, ...]
    labels: tuple[frozenset[tuple[str, str]], ...]
    writers: tuple[str, ...]
    kinds: tuple[str, ...]
    key: str


def read_corpus(language: str, taxonomy: Taxonomy) -> Corpus | None:
    """Return the labelled sentences of a language, or None where the project has no corpus for it.

    Raises:
        TaxonomyError: a corpus file has other columns or an unknown topic, with file and line.
    """
    folder = corpus_folder(language)
    if folder is None:
        return None
    known: dict[str, tuple[str, set[tuple[str, str]]]] = {}
    for path in sorted(folder.glob("*.tsv")):
        for text, topic, writer in _rows(path, taxonomy):
            labels = known.setdefault(text, (writer, set()))[1]
            if topic != NONE:
                labels.add((path.stem, topic))
    for text, label in _examples(language, taxonomy):
        labels = known.setdefault(text, (EXAMPLE_WRITER, set()))[1]
        if label is not None:
            labels.add(label)
    texts = tuple(sorted(known))
    parts = (f"{text}\t{sorted(known[text][1])}\t{known[text][0]}" for text in texts)
    return Corpus(
        language,
        texts,
        tuple(frozenset(known[text][1]) for text in texts),
        tuple(known[text][0] for text in texts),
        tuple(sorted({kind for _, labels in known.values() for kind, _ in labels})),
        hashlib.sha256("\n".join(parts).encode()).hexdigest()[:16],
    )


def corpus_folder(language: str) -> Path | None:
    """Return the folder of a language's corpus, or None where there is none."""
    folder = resource_path("pipelines", "taxonomy", "corpus") / language
    return folder if folder.is_dir() else None


def model_name(embedder: SentenceEmbedder, language: str) -> str:
    """Return the name of the neural model that reads a language; empty where none does.

    n-gram models don't count: the classifier has n-grams of its own. A mixed model's name ends
    in "+" and its n-gram part, which plays no role here; its neural part reads English alone.
    """
    if language not in embedder.languages:
        return ""
    name, mixed, _ = embedder.name.partition("+")
    return "" if name.startswith("tfidf") or (mixed and language != "en") else name


def embed_corpus(corpus: Corpus, embedder: SentenceEmbedder) -> "NDArray[np.float32]":
    """Return the corpus's unit vectors, shape (sentences, dimension), float32.

    All of them are rounded to 8 bits, so that it makes no difference which of them were shipped.
    """
    import numpy as np

    shipped = read_vectors(corpus.language, model_name(embedder, corpus.language))
    missing = [text for text in corpus.texts if text_id(text) not in shipped]
    fresh = dict(zip(missing, embedder.embed(missing), strict=True)) if missing else {}
    width = min((len(v) for v in shipped.values()), default=None)
    rows = [
        _restore(*_quantize(fresh[text][:width])) if text in fresh else shipped[text_id(text)]
        for text in corpus.texts
    ]
    return np.stack(rows).astype(np.float32)


def read_vectors(language: str, model: str) -> Mapping[str, "NDArray[np.float32]"]:
    """Return the shipped vectors of a model by `text_id`; empty where none are shipped."""
    import numpy as np

    folder = corpus_folder(language)
    path = folder / VECTORS_FILE if folder else None
    if path is None or not model or not path.is_file():
        return {}
    with np.load(path, allow_pickle=False) as file:
        if str(file["model"]) != model:
            return {}
        ids, rows, scales = file["ids"].tolist(), file["rows"], file["scales"]
    return {i: _restore(row, scale) for i, row, scale in zip(ids, rows, scales, strict=True)}


def write_vectors(corpus: Corpus, embedder: SentenceEmbedder) -> Path:
    """Write `vectors.npz` beside the corpus: run it after the corpus has grown."""
    import numpy as np

    folder = corpus_folder(corpus.language)
    assert folder is not None, "a corpus that was read has a folder"
    pairs = [_quantize(vector) for vector in embedder.embed(corpus.texts)]
    path = folder / VECTORS_FILE
    np.savez_compressed(
        path,
        model=np.array(model_name(embedder, corpus.language)),
        ids=np.array([text_id(text) for text in corpus.texts]),
        rows=np.stack([row for row, _ in pairs]),
        scales=np.array([scale for _, scale in pairs], dtype=np.float32),
    )
    return path


def text_id(text: str) -> str:
    """Return a short, stable id of a sentence."""
    return hashlib.sha256(text.encode()).hexdigest()[:12]


def _quantize(vector: "NDArray[np.float32]") -> tuple["NDArray[np.int8]", float]:
    import numpy as np

    scale = float(np.abs(vector).max()) / 127 or 1.0
    return np.rint(vector / scale).astype(np.int8), float(np.float32(scale))


def _restore(row: "NDArray[np.int8]", scale: float) -> "NDArray[np.float32]":
    import numpy as np

    return row.astype(np.float32) * np.float32(scale)


def _rows(path: Path, taxonomy: Taxonomy) -> list[tuple[str, str, str]]:
    lines = path.read_text(encoding="utf-8").splitlines()
    if not lines or tuple(lines[0].split("\t")) != COLUMNS:
        raise TaxonomyError(
            f"{path.name} line 1: the columns must be {', '.join(COLUMNS)}, tab-separated.",
            path=path,
        )
    kind = taxonomy.kind(path.stem)
    topics = {topic.topic for topic in kind.topics} if kind else set()
    rows = []
    for number, line in enumerate(lines[1:], start=2):
        cells = line.split("\t")
        if len(cells) != len(COLUMNS) or not all(cell.strip() for cell in cells):
            raise TaxonomyError(
                f"{path.name} line {number}: a row has text, topic and writer, none of them empty.",
                path=path,
            )
        text, topic, writer = cells
        if topic != NONE and topic not in topics:
            raise TaxonomyError(
                f"{path.name} line {number}: {topic!r} is no topic of {path.stem} "
                f"(known: {', '.join(sorted(topics)) or 'none'}).",
                path=path,
            )
        rows.append((text, topic, writer))
    return rows


def _examples(language: str, taxonomy: Taxonomy) -> Sequence[tuple[str, tuple[str, str] | None]]:
    """Return the YAML examples; a negative example says nothing of any kind."""
    found: list[tuple[str, tuple[str, str] | None]] = []
    for topic in taxonomy.topics():
        positive = topic.positive.get(language, ())
        if topic.kind in NAMED_KINDS or len(positive) < _MIN_EXAMPLES:
            continue
        found += [(item.text, (topic.kind, topic.topic)) for item in positive]
        found += [(item.text, None) for item in topic.negative.get(language, ())]
    return found
