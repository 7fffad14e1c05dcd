"""What the sentence classifier adds to the patterns, on annotated calls.

    python tests/benchmarks/classifier_quality.py GOLD_DIR [--language ru] [--thin 0.5] [--curve]
        [--vectors]

GOLD_DIR holds NAME.vtt and NAME.gold.json pairs: a participants list, and signals with kind, topic,
status, side and quote. Prints precision, recall and F1 of traits (kind and topic a call) and of
signals (kind and place) for patterns, classifier and both, the share of traps it fell for, and the
same by kind.

--language CODE the corpus's and the calls' (default en).
--thin SHARE    keeps a random share of the patterns only. Patterns were written with these very
                calls in view and miss little in them; on calls nobody has seen they miss more, and
                that is when the classifier has something to add.
--curve         repeats it for 10, 25 and 50 % of the corpus.
--vectors       writes the corpus's vectors.npz anew, by the neural model here, and measures nothing.
"""

import argparse
import json
import random
import re
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from icp_voice.config import ExtractConfig, IngestConfig
from icp_voice.embedding import CachedEmbedder, load_embedder
from icp_voice.extract.classifier import SentenceClassifier
from icp_voice.extract.contract import to_json
from icp_voice.extract.corpus import NAMED_KINDS, Corpus, model_name, read_corpus, write_vectors
from icp_voice.extract.extractor import Extractor
from icp_voice.extract.taxonomy import Taxonomy, load_taxonomy
from icp_voice.ingest.transcripts import read_transcript
from icp_voice.records import Participant, Transcript

Signal = dict[str, Any]
PER_CALL = ("tool", "competitor")  # named often: scored per call only
SEED = 20261123


def claims(signals: Sequence[Signal]) -> list[Signal]:
    return [s for s in signals if s["side"] == "buyer" and s["status"] == "asserted"]


def same_place(first: str, second: str) -> bool:
    """Whether two quotes share half of the shorter one's words."""
    a, b = (Counter(re.findall(r"\w+", text.lower())) for text in (first, second))
    shorter = min(sum(a.values()), sum(b.values()))
    return shorter > 0 and sum((a & b).values()) >= 0.5 * shorter


def n_pairs(gold: Sequence[Signal], predicted: Sequence[Signal]) -> int:
    left, n = list(predicted), 0
    for g in gold:
        match = next(
            (p for p in left if p["kind"] == g["kind"] and same_place(p["quote"], g["quote"])), None
        )
        if match is not None:
            left.remove(match)
            n += 1
    return n


def figures(counts: Counter[str]) -> str:
    precision = counts["right"] / max(1, counts["said"])
    recall = counts["right"] / max(1, counts["gold"])
    f1 = 2 * precision * recall / max(1e-9, precision + recall)
    return f"P {precision:.3f} R {recall:.3f} F1 {f1:.3f} ({counts['gold']})"


class Score:
    """Micro-averages over calls."""

    def __init__(self) -> None:
        self.counts: dict[str, Counter[str]] = {}
        self.n_traps = self.n_fooled = 0

    def add(self, gold: Sequence[Signal], predicted: Sequence[Signal]) -> None:
        g, p = claims(gold), claims(predicted)
        for kind in sorted({s["kind"] for s in (*g, *p)}):
            gk, pk = ([s for s in side if s["kind"] == kind] for side in (g, p))
            gt, pt = ({s["topic"] for s in side} for side in (gk, pk))
            pairs = n_pairs(gk, pk)
            for name in ("traits", f"  {kind} traits"):
                self._count(name, len(gt & pt), len(pt), len(gt))
            for name in (f"  {kind} signals",) + (() if kind in PER_CALL else ("signals",)):
                self._count(name, pairs, len(pk), len(gk))
        for trap in gold:
            if trap in g or any(
                q["kind"] == trap["kind"] and same_place(trap["quote"], q["quote"]) for q in g
            ):
                continue
            self.n_traps += 1
            self.n_fooled += any(
                q["kind"] == trap["kind"] and same_place(trap["quote"], q["quote"]) for q in p
            )

    def _count(self, name: str, right: int, said: int, gold: int) -> None:
        counter = self.counts.setdefault(name, Counter())
        counter.update(right=right, said=said, gold=gold)

    def show(self, title: str, *, kinds: bool) -> None:
        fooled = self.n_fooled / max(1, self.n_traps)
        print(f"{title}: fooled {fooled:.3f} ({self.n_traps})")
        for name in sorted(self.counts, key=lambda n: (n.startswith("  "), n)):
            if kinds or not name.startswith("  "):
                print(f"  {name:24} {figures(self.counts[name])}")


def read_calls(folder: Path) -> list[tuple[list[Signal], Transcript]]:
    calls = []
    for path in sorted(folder.glob("*.gold.json")):
        gold = json.loads(path.read_text(encoding="utf-8"))
        name = path.name.removesuffix(".gold.json")
        people = tuple(
            Participant(p["name"], p.get("side") or "unknown", p.get("title"))
            for p in gold["participants"]
        )
        transcript = read_transcript(
            path.with_name(f"{name}.vtt"), call_id=name, participants=people, config=IngestConfig()
        )
        calls.append((gold["signals"], transcript))
    return calls


def thin(taxonomy: Taxonomy, share: float) -> Taxonomy:
    """Keep a random share of the patterns of the kinds that the classifier knows."""
    rng = random.Random(SEED)
    kinds = []
    for kind in taxonomy.kinds:
        topics = kind.topics
        if kind.kind not in NAMED_KINDS and share < 1:
            topics = tuple(
                replace(
                    t,
                    patterns={
                        code: tuple(p for p in patterns if rng.random() < share)
                        for code, patterns in t.patterns.items()
                    },
                )
                for t in topics
            )
        kinds.append(replace(kind, topics=topics))
    return replace(taxonomy, kinds=tuple(kinds))


def part_of(corpus: Corpus, share: float) -> Corpus:
    rng = random.Random(SEED)
    rows = [i for i in range(len(corpus.texts)) if rng.random() < share]
    return replace(
        corpus,
        texts=tuple(corpus.texts[i] for i in rows),
        labels=tuple(corpus.labels[i] for i in rows),
        writers=tuple(corpus.writers[i] for i in rows),
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("gold", type=Path, nargs="?")
    parser.add_argument("--language", default="en")
    parser.add_argument("--thin", type=float, default=1.0)
    parser.add_argument("--curve", action="store_true")
    parser.add_argument("--vectors", action="store_true")
    args = parser.parse_args()
    language = args.language
    taxonomy, embedder = load_taxonomy(), CachedEmbedder(load_embedder([language]))
    corpus = read_corpus(language, taxonomy)
    assert corpus is not None, f"no corpus of {language}"
    if args.vectors:
        assert model_name(embedder, language), f"no neural model of {language} on this machine"
        print(write_vectors(corpus, embedder))
        return
    calls = read_calls(args.gold)
    patterns = Extractor(ExtractConfig(), thin(taxonomy, args.thin), None)
    bare = thin(taxonomy, 0.0)
    runs = [("patterns", patterns, True)]
    for share in (0.1, 0.25, 0.5, 1.0) if args.curve else (1.0,):
        learned = SentenceClassifier(taxonomy, embedder, corpora={language: part_of(corpus, share)})
        percent = f"{share:.0%} of {len(corpus.texts)} sentences"
        for title, base in (("classifier", bare), ("both", thin(taxonomy, args.thin))):
            both = Extractor(ExtractConfig(), base, None)
            both._classifier = learned
            runs.append((f"{title}, {percent}", both, share == 1.0))
    for title, extractor, kinds in runs:
        score, start = Score(), time.process_time()
        for gold, transcript in calls:
            score.add(gold, to_json(extractor.extract(transcript))["signals"])
        score.show(f"{title} [{time.process_time() - start:.1f} s of CPU]", kinds=kinds)


if __name__ == "__main__":
    main()
