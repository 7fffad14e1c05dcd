"""Every example sentence of the taxonomy is a test."""

from collections.abc import Iterator
from functools import lru_cache

import pytest

from icp_voice.extract.detector import Detector
from icp_voice.extract.taxonomy import LANGUAGES, Taxonomy, load_taxonomy

TAXONOMY = load_taxonomy()


@lru_cache(maxsize=8)
def detector(language: str) -> Detector:
    return Detector(language, TAXONOMY)


def asserted(language: str, text: str) -> set[str]:
    sentences = detector(language).read(text)
    return {
        f"{hit.kind}/{hit.topic}"
        for sentence in sentences
        for hit in sentence.hits
        if hit.status == "asserted"
    }


def examples(taxonomy: Taxonomy, polarity: str) -> Iterator[object]:
    for topic in taxonomy.topics():
        for language in LANGUAGES:
            for located in getattr(topic, polarity).get(language, ()):
                name = f"{topic.kind}/{topic.topic}"
                mark = f"{language} {name} line {located.line}"
                yield pytest.param(language, name, located.text, id=mark)


@pytest.mark.parametrize(("language", "trait", "text"), list(examples(TAXONOMY, "positive")))
def test_positive_example_is_found(language: str, trait: str, text: str) -> None:
    """A sentence the taxonomy gives as an example of a topic is read as that topic."""
    assert trait in asserted(language, text)


@pytest.mark.parametrize(("language", "trait", "text"), list(examples(TAXONOMY, "negative")))
def test_negative_example_is_not_found(language: str, trait: str, text: str) -> None:
    """A sentence the taxonomy gives as a neighbour of a topic is not read as that topic."""
    assert trait not in asserted(language, text)


def test_every_topic_says_what_it_is() -> None:
    """Each topic has a statement for criteria, and patterns in English."""
    for topic in TAXONOMY.topics():
        assert topic.statement, topic.topic
        assert topic.patterns.get("en") or topic.patterns.get("any"), topic.topic
