"""Name a theme by the words that set it apart: class-based TF-IDF on lemmas.

Source: Grootendorst (2022), "BERTopic: Neural topic modeling with a class-based TF-IDF
procedure", arXiv:2203.05794, formula of section 3.3.
"""

import math
from collections import Counter
from collections.abc import Sequence
from itertools import pairwise

from icp_voice.themes.words import content_words, lemma

Term = tuple[str, ...]
Line = tuple[str, str]  # language, text

WORDS_PER_LABEL = 4
SEPARATOR = ", "


def label_themes(themes: Sequence[Sequence[Line]]) -> tuple[str, ...]:
    """Return a label a theme: its most typical words and word pairs, most typical first.

    A term t of theme c weighs n_tc x ln(1 + a / n_t), where n_tc counts the lines of the theme
    that hold it, n_t the lines of all themes, and a is the mean number of terms a theme. A term
    heard in a single line of a larger theme is no label.

    Args:
        themes: of each theme its distinct lines as (language, text).
    """
    forms: Counter[tuple[str, str]] = Counter()
    counts = [_count_terms(lines, forms) for lines in themes]
    in_all: Counter[Term] = Counter()
    for count in counts:
        in_all.update(count)
    mean_terms = sum(in_all.values()) / max(1, len(themes))
    shown = _commonest_forms(forms)
    return tuple(
        _label(count, in_all, mean_terms, shown, n_lines=len(lines))
        for count, lines in zip(counts, themes, strict=True)
    )


def _count_terms(lines: Sequence[Line], forms: Counter[tuple[str, str]]) -> Counter[Term]:
    """Count in how many lines each lemma and pair of neighbouring lemmas stands."""
    count: Counter[Term] = Counter()
    for language, text in lines:
        found = content_words(text, language)
        lemmas = [lemma(word, language) for word in found]
        forms.update(zip(lemmas, found, strict=True))
        count.update({(one,) for one in lemmas} | set(pairwise(lemmas)))
    return count


def _commonest_forms(forms: Counter[tuple[str, str]]) -> dict[str, str]:
    """Return lemma -> the form people say most often; ties go to the first in the alphabet."""
    shown: dict[str, str] = {}
    for (base, form), _ in sorted(forms.items(), key=lambda item: (-item[1], item[0])):
        shown.setdefault(base, form)
    return shown


def _label(
    count: Counter[Term],
    in_all: Counter[Term],
    mean_terms: float,
    shown: dict[str, str],
    *,
    n_lines: int,
) -> str:
    least = 2 if n_lines >= 4 else 1
    weights = {
        term: n * math.log(1 + mean_terms / in_all[term])
        for term, n in count.items()
        if n >= least and len(set(term)) == len(term)
    }
    ranked = sorted(weights, key=lambda term: (-weights[term], term))
    picked: list[Term] = []
    for term in ranked:
        if sum(map(len, picked)) + len(term) > WORDS_PER_LABEL:
            continue
        if not any(set(term) & set(other) for other in picked):
            picked.append(term)
    return SEPARATOR.join(" ".join(shown[base] for base in term) for term in picked)
