"""The Ukrainian corpus of the sentence classifier: its coverage, and what is learned from it."""

from collections import Counter, defaultdict
from itertools import combinations

import pytest

from icp_voice.embedding import CorpusEmbedder
from icp_voice.extract.classifier import SentenceClassifier
from icp_voice.extract.corpus import NAMED_KINDS, Corpus, read_corpus
from icp_voice.extract.taxonomy import Taxonomy, load_taxonomy

# Written for this test by other voices than the corpus: a brewery, a language school, a museum.
SAID = """
Квитки ми продаємо з паперового корінця і ввечері переписуємо все в табличку.|pain/manual_work
Списки студентів у викладачів і в адміністрації ніколи не збігаються.|pain/data_quality
А скільки пива реально лежить у дистриб'юторів, ми взагалі не бачимо.|pain/no_visibility
каса не обмінюється даними з сайтом квитків|pain/disconnected_tools
викладачі журналом в додатку не користуються|pain/low_adoption
Для музею це дуже дорого, чесно кажу.|objection/price
на цей рік у кошторисі музею грошей на таке немає|objection/budget
Давайте повернемось до цього після фестивалю.|objection/timing
Викладачі цим користуватися не захочуть.|objection/adoption_risk
У нас нова директорка музею з першого вересня.|trigger/new_leader
відкриваємо другу мовну школу в тернополі|trigger/expansion
Нам треба запуститися до початку навчального року.|trigger/deadline
На місяць варимо десь сорок тисяч літрів, а людей у нас тридцять.|metric/volume
це забирає в мене години три щодня|metric/time
Можна спершу протестувати на одній групі?|process/pilot
Надішліть пропозицію, я покажу її директорці.|process/next_step
міністерство має це погодити|process/approval
А скільки це коштує на місяць?|question/price
чи інтегрується воно з нашою касою|question/integration
"""
NOT_SAID = """
Ми варимо світле, темне і щось особливе на Різдво.
У музеї сьогодні екскурсія для першокласників.
вибачте в мене чайник закипів
Гарна у вас картина на стіні.
Так, я бачу меню ліворуч.
моя колега роза теж на зв'язку
Солод пахне хлібом, якщо вам цікаво.
Викладачі в нас із дев'яти країн.
ми якраз у старому місті біля ратуші
Можете говорити трохи голосніше?
"""


@pytest.fixture(scope="module")
def taxonomy() -> Taxonomy:
    return load_taxonomy()


@pytest.fixture(scope="module")
def corpus(taxonomy: Taxonomy) -> Corpus:
    found = read_corpus("uk", taxonomy)
    assert found is not None
    return found


@pytest.fixture(scope="module")
def found(taxonomy: Taxonomy) -> list[list[str]]:
    """What is said of SAID and then of NOT_SAID, by n-grams alone."""
    classifier = SentenceClassifier(taxonomy, CorpusEmbedder(["а", "б"], languages=("uk",)))
    texts = [line.split("|")[0] for line in (SAID + NOT_SAID).split("\n") if line]
    return [[f"{x.kind}/{x.topic}" for x in labels] for labels in classifier.classify(texts, "uk")]


def test_every_topic_in_forty_ways(corpus: Corpus, taxonomy: Taxonomy) -> None:
    """Every topic that can be learned has at least 40 sentences by at least 16 voices."""
    assert len(corpus.texts) >= 3000
    voices = defaultdict(list)
    for labels, writer in zip(corpus.labels, corpus.writers, strict=True):
        for label in labels:
            voices[label].append(writer)
    for topic in taxonomy.topics():
        if topic.kind in NAMED_KINDS or topic.kind not in corpus.kinds:
            continue
        writers = voices[topic.kind, topic.topic]
        assert len(writers) >= 40, topic
        assert len(set(writers)) >= 16, topic


def test_no_near_copies_within_a_topic(corpus: Corpus) -> None:
    """No two sentences of a topic share more than 70 % of their runs of four characters."""
    by_label = defaultdict(list)
    for text, labels in zip(corpus.texts, corpus.labels, strict=True):
        said = " ".join("".join(c if c.isalnum() else " " for c in text.lower()).split())
        runs = {said[i : i + 4] for i in range(len(said) - 3)}
        for label in labels:
            by_label[label].append((text, runs))
    for label, rows in by_label.items():
        for (one, a), (two, b) in combinations(rows, 2):
            assert len(a & b) <= 0.7 * len(a | b), (label, one, two)


def test_no_repeats(corpus: Corpus) -> None:
    """No sentence stands there twice under another punctuation."""
    texts = ["".join(c for c in text.lower() if c.isalnum()) for text in corpus.texts]
    assert [text for text, n in Counter(texts).items() if n > 1] == []


@pytest.mark.slow
def test_finds_what_new_voices_say(found: list[list[str]]) -> None:
    """On voices it has never heard it is right at least 8 times in 10 that it speaks."""
    wanted = [line.split("|")[1] for line in SAID.split("\n") if line]
    right = sum(want in labels for want, labels in zip(wanted, found, strict=False))
    assert right >= 0.4 * len(wanted)
    assert right >= 0.8 * sum(len(labels) for labels in found[: len(wanted)])


@pytest.mark.slow
def test_keeps_silent_on_small_talk(found: list[list[str]]) -> None:
    """Small talk and neutral facts get no label."""
    n_said = len([line for line in SAID.split("\n") if line])
    assert sum(bool(labels) for labels in found[n_said:]) <= 1
