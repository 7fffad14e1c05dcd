"""Tell English, Russian, Ukrainian and Polish text apart, by letters and function words.

Turns of a call are short ("так, звісно"), where statistical language detectors guess; the four
languages differ in letters no other of them uses and in words every sentence has. Nothing is
loaded and nothing is random. For audio the recogniser's own detection comes first and this is
the check.
"""

import re
import unicodedata
from collections.abc import Sequence

LANGUAGES = ("en", "ru", "uk", "pl")
CYRILLIC = frozenset({"ru", "uk"})

# Letters that one language of a script has and the other has not. The apostrophe inside a
# Cyrillic word is Ukrainian (п'ять). Ukrainian speech has no ё ы э ъ, Russian no і ї є ґ.
_LETTERS = {
    "ru": re.compile(r"[ыэъё]"),
    "uk": re.compile(r"[іїєґ]|(?<=[а-яґєії])['’ʼ](?=[а-яґєії])"),
    "pl": re.compile(r"[ąćęłńóśźż]"),
}

# Frequent function words that the other language of the script does not share.
_WORDS = {
    "en": """a about all an and any are as at be been but by can could did does doing don't for
        from get good got had has have hello hi how i i'm if in is it it's just know let let's like
        me more my no not now of okay on one or our out really right said see she so some
        sure than thank thanks that that's the their them then there they think this time too up
        us very was we we're we've week well were what when where which who why will with would
        yeah yes you you're your please to ten takes need needs use uses people every
        after before than only also into over per by he they've i'd i'll won't can't isn't got
        new work works still super pan""",
    "pl": """a ale albo bardzo bez bo był była było być być chyba ci co coś czy dla do dobry dobrze
        dzień dzięki gdzie i ich ile jak jaki jakie jako je jego jej jest jestem już ja jeszcze
        jeśli kiedy kto który która które ma mam mamy mi mnie może można my na nad nam nas nasz
        nasze nie nic o od on ona oni pan pani po pod pracy proszę przed przez przy raz są się
        super sobie tak tam ten teraz też to tu tutaj ty tym tylko u w wam wie więc wszystko
        z za ze że żeby dobra dawaj wtedy trzeba witam trzy razy okej""",
    "ru": """а без больше бы был была были было быть вам вас ваш ваша ваше вообще вот все где да
        давайте день для до добрый если есть еще или их как какие какой когда конечно которые
        который кто меня мне мои много можем может можно мой мы надо нам нас наш наша наши нет них
        ничего но ну нужно об один он она они от очень пока потом почему просто сейчас
        сколько спасибо так там тогда тоже только тут уже хорошо хотя чем что чтобы это этого этот
        эти и здравствуйте понятно сегодня неделю неделя работаем работает у с то же
        вы понял поняла слышно за до про будет со во на не один ладно сделаем""",
    "uk": """або адже але був була було бути вам вас ваш вже все від він вона вони де дякую день для
        до добре добрий дуже є ж за з зараз звісно зі і й їх із коли кого мені ми може можемо
        можна на нам нас наш наші не немає ні ну о один він ось поки потім просто
        про скільки сьогодні так також там те тепер ти тижень тобто тоді той треба
        тут у хто це цей ця ці чи чому що щоб ще як яка яке який які якщо авжеж працюємо
        ви бо та мене нема щось хвилин зрозуміло чути чому власник тепер скидайте
        виходить""",
}


def _distinct(language: str) -> frozenset[str]:
    """Return the function words of a language that the other one of its script has not."""
    own = set(_WORDS[language].split())
    same_script = [
        other
        for other in LANGUAGES
        if other != language and (other in CYRILLIC) == (language in CYRILLIC)
    ]
    for other in same_script:
        own -= set(_WORDS[other].split())
    return frozenset(own)


_FUNCTION_WORDS = {language: _distinct(language) for language in LANGUAGES}
_WORD = re.compile(r"[^\W\d_]+(?:['’ʼ][^\W\d_]+)*")
_LETTER_WEIGHT = 2.0


def detect_language(text: str, allowed: Sequence[str] = LANGUAGES) -> str:
    """Return the most likely language of a text among the allowed ones.

    Text that says nothing either way (numbers, names, an empty string) gets the first allowed
    language of its script, and the first allowed one where the script is not allowed either;
    `language_scores` tells whether there was anything to go by.

    Args:
        text: any length; one turn of a call is usual.
        allowed: ISO 639-1 codes, most expected first; at least one.

    Examples:
        >>> detect_language("У нас всё в таблицах, это очень неудобно")
        'ru'
        >>> detect_language("У нас усе в таблицях, і це дуже незручно")
        'uk'
        >>> detect_language("Wszystko mamy w Excelu")
        'pl'
        >>> detect_language("It is all in Excel")
        'en'
        >>> detect_language("так", allowed=("uk", "ru"))
        'uk'
    """
    scores = language_scores(text)
    candidates = [language for language in allowed if language in scores]
    if not candidates:
        return allowed[0]
    same_script = [
        language
        for language in candidates
        if (language in CYRILLIC) == (dominant_script(text) == "cyrillic")
    ]
    pool = same_script or candidates
    return max(pool, key=lambda language: (scores[language], -pool.index(language)))


def language_scores(text: str) -> dict[str, float]:
    """Return the evidence for each of the four languages; 0 means none.

    One point for a function word that only this language of the script has, two for a word with
    a letter that only it has. English has no letters of its own.
    """
    normal = unicodedata.normalize("NFC", text).lower()
    scores = dict.fromkeys(LANGUAGES, 0.0)
    for word in _WORD.findall(normal):
        plain = word.replace("’", "'").replace("ʼ", "'")
        for language in LANGUAGES:
            if plain in _FUNCTION_WORDS[language]:
                scores[language] += 1.0
            letters = _LETTERS.get(language)
            if letters is not None and letters.search(plain):
                scores[language] += _LETTER_WEIGHT
    return scores


# Letters of the two scripts that look the same, Cyrillic to Latin.
_LOOKALIKES = dict(zip("аеорсухіјѕАВЕКМНОРСТУХІЈЅ", "aeopcyxijsABEKMHOPCTYXIJS", strict=True))
_TO_LATIN = str.maketrans(_LOOKALIKES)
_TO_CYRILLIC = str.maketrans({latin: cyrillic for cyrillic, latin in _LOOKALIKES.items()})
_LETTERS_ONLY = re.compile(r"[^\W\d_]+")


def mend_lookalikes(text: str) -> str:
    """Return a text without letters of the other script inside its words.

    Whisper writes Cyrillic letters into Polish words (faster-whisper #991): `prаcy` with a Cyrillic
    `а` is found by no pattern. Only words that mix scripts change, only where all letters of the
    rarer script have a twin in the other, and only the rarer ones: `CRM`, `Excel` and words that
    are really of the other script stay.

    Examples:
        >>> mend_lookalikes("w prаcy") == "w pracy"
        True
        >>> mend_lookalikes("наша CRM и Excel")
        'наша CRM и Excel'
    """
    return _LETTERS_ONLY.sub(lambda found: _mend_word(found[0]), text)


def _mend_word(word: str) -> str:
    cyrillic = [letter for letter in word if _is_cyrillic(letter)]
    latin = [letter for letter in word if not _is_cyrillic(letter)]
    if not cyrillic or not latin or len(cyrillic) == len(latin):
        return word
    rarer, table = (cyrillic, _TO_LATIN) if len(cyrillic) < len(latin) else (latin, _TO_CYRILLIC)
    if not all(ord(letter) in table for letter in rarer):
        return word
    return word.translate(table)


def _is_cyrillic(letter: str) -> bool:
    return "\u0400" <= letter <= "\u04ff"


def dominant_script(text: str) -> str:
    """Return "cyrillic" or "latin": a text with a third of Cyrillic letters is Cyrillic.

    Brand and product names stay Latin in Russian and Ukrainian speech (CRM, Excel, Power BI),
    while Cyrillic letters never stand in an English sentence.
    """
    n_cyrillic = n_latin = 0
    for letter in text:
        if "а" <= letter.lower() <= "я" or letter.lower() in "ёіїєґ":
            n_cyrillic += 1
        elif letter.isalpha():
            n_latin += 1
    return "cyrillic" if n_cyrillic and n_cyrillic * 2 >= n_latin else "latin"
