"""Which words of a line carry content, and under which form they are counted.

Stop words are spaCy's lists of the four languages. Words of greeting, thanks and arranging the
call are stop words here too, so small talk ("thanks for taking the time today") and bare answers
("yes, exactly, that's right") have no content left and never become themes.
"""

import re
from collections.abc import Callable
from functools import cache
from importlib import import_module

LANGUAGES = ("en", "ru", "uk", "pl")

_WORD = re.compile(r"[^\W\d_]+(?:['’ʼ-][^\W\d_]+)*")

# What is said to open, close, agree and fill, beyond the function words of spaCy's lists.
_SMALL_TALK = {
    "en": """er erm ah oh huh hi hello hey bye goodbye good great nice fine lovely glad pleasure
        welcome thanks thank cheers sorry please okay ok yeah yep yup nope nah sure right
        exactly absolutely definitely totally correct true agreed indeed course perfect
        awesome cool gotcha alright uh um mm hmm mhm wow honestly frankly basically actually
        literally obviously fair look know mean think guess suppose say said saying tell
        talk talking speak hear listen morning afternoon evening today tomorrow yesterday
        weekend weather day week meet meeting call chat time minute moment got get getting
        gets going go come came like want wanted thing things stuff lot bit kind sort way
        let lets i'm we're it's that's don't can't doesn't isn't didn't i've we've you're
        i'll we'll you'll there's what's they're won't wouldn't couldn't i'd we'd""",
    "ru": """привет здравствуйте добрый доброе день утро вечер спасибо пожалуйста извините хорошо
        отлично прекрасно замечательно рад рада приятно познакомиться ладно окей ок угу ага
        да нет точно верно правильно именно согласен согласна конечно понятно ясно понял
        поняла слушайте смотрите знаете говорить сказать скажите говорю честно вообще короче
        типа ну вот как-то сегодня завтра вчера неделя созвон звонок встреча время минута
        минуту секунду свидания слышно видно давайте можно нужно просто очень какой-то
        что-то это""",
    "uk": """привіт вітаю добрий доброго день ранок вечір дякую прошу вибачте перепрошую добре
        чудово гаразд окей ок угу ага так ні точно вірно правильно саме згоден згодна
        звичайно звісно зрозуміло ясно слухайте дивіться знаєте говорити сказати скажіть
        чесно взагалі коротше типу ну ось сьогодні завтра вчора тиждень дзвінок зустріч час
        хвилина хвилину секунду побачення чути видно давайте можна треба просто дуже якийсь
        щось це приємно познайомитися""",
    "pl": """cześć hej witam dzień dobry dobre wieczór dziękuję dzięki proszę przepraszam
        świetnie super fajnie miło poznać okej ok aha mhm tak nie dokładnie racja właśnie
        zgoda oczywiście jasne rozumiem słuchaj proszę wie wiesz znaczy mówić powiedzieć
        szczerze ogólnie generalnie no więc dzisiaj jutro wczoraj tydzień rozmowa spotkanie
        czas minuta minutę chwila chwilę widzenia słychać widać można trzeba po prostu
        bardzo jakiś coś""",
}


# Numbers, days and months: they make sentences alike that are about different things.
_NUMBERS_AND_DATES = {
    "en": """two three four five six seven eight nine ten eleven twelve fifteen twenty thirty
        forty fifty sixty seventy eighty ninety hundred hundreds thousand thousands million
        millions half first second third percent monday tuesday wednesday thursday friday
        saturday sunday january february march april june july august september october
        november december""",
    "ru": """один два три четыре пять шесть семь восемь девять десять двадцать тридцать сорок
        пятьдесят сто двести тысяча тысячи тысяч миллион миллиона миллионов половина полтора
        процент процента процентов понедельник вторник среда среду четверг пятница пятницу
        суббота январь января февраль февраля март марта апрель апреля мая июнь июня июль
        июля август августа сентябрь сентября октябрь октября ноябрь ноября декабрь декабря""",
    "uk": """один два три чотири п'ять шість сім вісім дев'ять десять двадцять тридцять сорок
        п'ятдесят сто двісті тисяча тисячі тисяч мільйон мільйона мільйонів половина півтора
        відсоток відсотка відсотків понеділок вівторок середа середу четвер п'ятниця
        п'ятницю субота січень січня лютий лютого березень березня квітень квітня травень
        травня червень червня липень липня серпень серпня вересень вересня жовтень жовтня
        листопад листопада грудень грудня""",
    "pl": """jeden dwa trzy cztery pięć sześć siedem osiem dziewięć dziesięć dwadzieścia
        trzydzieści czterdzieści pięćdziesiąt sto dwieście tysiąc tysiące tysięcy milion
        miliony milionów połowa półtora procent procenta poniedziałek wtorek środa środę
        czwartek piątek sobota styczeń stycznia luty lutego marzec marca kwiecień kwietnia
        maj maja czerwiec czerwca lipiec lipca sierpień sierpnia wrzesień września
        październik października listopad listopada grudzień grudnia""",
}

# "Hi, Sarah here, head of ...", "I'm the CTO at ...": who somebody is, not what they say.
_INTRODUCTION = re.compile(
    r"""
    \b(?:my\ name\ is|меня\ зовут|мене\ звати|nazywam\ się|mam\ na\ imię)\b
    | ^(?:\W*\w+){0,3}\W+here\W+(?:and\W+)?(?:i'm|i\ am|head|[\w\ ]*(?:manager|director))\b
    | \b(?:i'm|i\ am)\ (?:the|a|an|our)\ [\w\ -]+\ (?:at|of|for|here)\b
    | \b(?:i'm|i\ am)\ \w+,\ (?:the\ )?(?:head|[\w\ ]*(?:manager|director|officer|c[efiot]o))\b
    """,
    re.VERBOSE | re.IGNORECASE,
)


def words(text: str) -> list[str]:
    """Return the lower-case words of a text; numbers and signs are none.

    >>> words("It's 3 spreadsheets, isn't it?")
    ["it's", 'spreadsheets', "isn't", 'it']
    """
    return [word.replace("’", "'").replace("ʼ", "'") for word in _WORD.findall(text.lower())]


def content_words(text: str, language: str) -> list[str]:
    """Return the words that say what a line is about, in order.

    Args:
        text: one line.
        language: its ISO 639-1 code; in a language without a list every word counts.

    Examples:
        >>> content_words("Well, we keep all the invoices in Excel", "en")
        ['invoices', 'excel']
        >>> content_words("Good morning, thanks for taking the time today!", "en")
        ['taking']
    """
    stop_words = _stop_words(language)
    return [word for word in words(text) if len(word) > 1 and word not in stop_words]


def introduces(text: str) -> bool:
    """Tell whether somebody introduces themselves here: roles are signals, and no theme.

    >>> introduces("Hi, Sarah here, I'm the head of procurement at Kelmholm")
    True
    >>> introduces("I'm the one who types all the orders in by hand")
    False
    """
    return _INTRODUCTION.search(text.replace("’", "'")) is not None


def lemma(word: str, language: str) -> str:
    """Return the dictionary form of a lower-case word; the word itself where none is known.

    Russian and Ukrainian by pymorphy3 (its first reading), English and Polish by simplemma.
    """
    return _lemmatizer(language)(word)


@cache
def _stop_words(language: str) -> frozenset[str]:
    if language not in LANGUAGES:
        return frozenset()
    listed = import_module(f"spacy.lang.{language}.stop_words").STOP_WORDS
    own = f"{_SMALL_TALK[language]} {_NUMBERS_AND_DATES[language]}"
    return frozenset(listed) | frozenset(own.split())


@cache
def _lemmatizer(language: str) -> Callable[[str], str]:
    if language in ("ru", "uk"):
        from pymorphy3 import MorphAnalyzer

        analyzer = MorphAnalyzer(lang=language)

        @cache
        def by_dictionary(word: str) -> str:
            return str(analyzer.parse(word)[0].normal_form)

        return by_dictionary
    if language in ("en", "pl"):
        import simplemma

        @cache
        def by_list(word: str) -> str:
            return simplemma.lemmatize(word, lang=language).lower()

        return by_list
    return str
