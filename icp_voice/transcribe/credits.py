"""What Whisper invents: the words that ended the videos it learned from, in four languages.

Collected from openai/whisper discussions #928, #1873 and #2131, faster-whisper #506 and #843,
Whisper-WebUI's and Vexa's phrase lists and users' reports. With newer models these lines come with
good figures (no-speech 0.0, log-probability -0.3), so only the words tell them from speech. They
are glued to real speech before and after; but people also thank for watching *the demo*, so a line
must be a sentence of its own.
"""

import re
from collections.abc import Mapping

_CAPITAL = "(?-i:[A-ZА-ЯЁІЇЄҐĄĆĘŁŃÓŚŹŻ])"
# A sentence begins: at the start, after the end of another, or with a capital where text was glued.
_BEGIN = rf"(?:^|(?<=[.!?…]\s)|(?<=[.!?…»\"])|(?<=\s)(?={_CAPITAL}))[«\"„♪*\s–—-]*"
_END = r"(?=[\s»\"”♪*,–—-]*(?:[.!?…]|$))"
# After a name, or an address, the next sentence may follow without a full stop.
_END_OR_CAPITAL = rf"(?:{_END}|(?=\s+{_CAPITAL}))"
_STOP = r"(?=[\s»\"”♪*,–—-]*(?:[.!?…](?:\s|$)|$))"
_REST = r"[\s.!?…»\"”♪*,–—-]*"
_NAME = rf"[«\"„]?{_CAPITAL}[\w.’'-]+[»\"”]?"
_INITIAL_NAME = rf"{_CAPITAL}\.\s?{_CAPITAL}[\w-]+"
_ADDRESS = r"(?:https?://)?(?:[\w-]+\.)+(?:ai|com|org|net|tv|ru|ua|pl|co\.uk)(?:/\S*)?"
_WHO = rf"(?:(?:the )?{_ADDRESS}(?: community)?|castingwords|eso|{_NAME}(?: {_NAME})?{_STOP})"

# Subtitles by the name of other languages: a wrongly detected language brings its own credits.
_TITLED = (
    "(?:subtit|caption|untertitel|sous-titr|subtít|legenda|sottotit|ondertit|napis|субтитр|undertext"
    "|transcri|translat|tłumacz)"
)

# Credits of subtitle files: who made them. A name or an address may stand behind.
_CREDITS = {
    "en": (
        "(?:subtitles|(?:closed )?captions|captioning|captioned|transcription|transcribed"
        "|transcript|translation|translated|subtitled) (?:provided |made |created |made possible )?"
        rf"by {_WHO}(?:, (?:llc|inc\.?))?(?:\s*{_ADDRESS})?",
        "translation by —",
        rf"(?:[\w'’-]+ ){{0,3}}{_TITLED}[\w'’-]* (?:[\w'’-]+ ){{0,8}}"
        r"(?:\w+['’])?amara\.org(?:[ -][\w'’-]+){0,2}",
        r"(?<!\w\s)amara\.org",
        r"www\.mooji\.org",
        "(?:©|copyright) [^.!?]{0,40}mooji media[^.!?]{0,12}",
        "satsang with mooji",
        r"eso, inc\.(?: all rights reserved)?",
        rf"for more (?:un )?videos,? visit {_ADDRESS}",
        r"beadaholique\.com(?: for all of your beading supply needs)?",
    ),
    "ru": (
        "субтитры (?:с?делала?|созда(?:ва)?ла?|подогнала?|добавила?|подготовила?|предоставила?"
        "|(?:сделаны|подготовлены|созданы|выполнены|предоставлены)(?: компанией)?) "
        rf"(?:dima\s?torz\w*|{_NAME}(?: {_NAME})?{_STOP})",
        r"dima\s?torz[oh]?ok\w*|дима\s?торжок",
        "(?:редактор|корректор|перевод|переводчик)(?: и (?:редактор|корректор))? субтитров"
        rf"(?: {_INITIAL_NAME})?(?:,?\.?\s*корректор {_INITIAL_NAME})?",
        f"корректор {_INITIAL_NAME}",
        f"спасибо за субтитры(?: {_NAME}){{0,2}}",
        "с вами был игорь негода",
        "фондю любит тебя",
    ),
    "uk": (
        "субтитри (?:зробив|зробила|створив|створила|підготував|підготувала|створено|зроблен[оі])"
        f"(?: {_NAME}){{0,2}}",
        f"субтитрувальни(?:ця|к)(?: {_NAME}){{1,2}}",
        "(?:редактор|коректор|переклад|перекладач) субтитрів"
        rf"(?: {_INITIAL_NAME})?(?:,?\.?\s*коректор {_INITIAL_NAME})?",
        rf"редактор субтитров {_INITIAL_NAME},?\.?\s*коректор {_INITIAL_NAME}",
        f"коректор {_INITIAL_NAME}",
    ),
    "pl": (
        "(?:napisy|tłumaczenie|transkrypcja) (?:(?:stworzone|wykonane|przygotowane) )?(?:przez|od) "
        f"(?:społeczność )?{_WHO}",
        f"(?:tłumaczenie i )?napisy: {_NAME}(?: {_NAME})?",
        f"transkrypcja:? {_NAME} {_NAME}(?: © pta – tvp)?",
        "pta – tvp",
        f"zdjęcia i montaż:?(?: {_NAME}){{0,2}}",
        "(?:produkcja )?polskie towarzystwo astronomiczne(?: telewizja polska)?",
    ),
}

# Last words of videos. Cut only as whole sentences.
_EN_URGE = "(?:please |and |don't forget to |make sure to |be sure to )*"
_RU_URGE = "(?:и )?(?:не забудьте |не забывайте )?"
_UK_URGE = "(?:і |та )?(?:не забудьте )?"
_CLOSINGS = {
    "en": (
        "(?:thanks|thank you)(?: (?:you|guys|all|everyone|everybody|so much|very much|a lot))* for "
        "(?:your )?watching(?: (?:this|my|our|the) (?:video|channel|episode)|,? everyone|,? guys)?"
        "(?: and (?:please )?(?:don't forget to )?(?:like and )?subscribe)?",
        rf"{_EN_URGE}(?:like,? (?:comment,? |share,? )*(?:and )?)?"
        "subscribe to (?:my|our|the|this) (?:youtube )?channel",
        rf"{_EN_URGE}like,? (?:comment,? |share,? )*and subscribe",
        "please subscribe|don't forget to subscribe",
        "(?:hello everyone,? |hi everyone,? )?welcome to my (?:youtube )?channel",
        "(?:i'll |i will |we'll )?see you(?: all| guys)? (?:in the )?next (?:video|episode)",
        "all rights reserved",
    ),
    "ru": (
        "(?:большое |огромное )?(?:спасибо|благодарю|благодарим)"
        "(?: (?:вам|всем|большое|тебе|вас|всех))? за "
        "(?:просмотр(?: (?:этого |моего |нашего )?видео)?|внимание к видео)",
        r"(?:смотрите )?продолжение(?: следует"
        r"|(?: смотрите)? в следующ\w+ (?:част|сери|видео|выпуск)\w*(?: видео)?)",
        rf"{_RU_URGE}(?:(?:ставьте|поставьте|поставить|ставить) )?(?:лайк\w*,? )?(?:и )?"
        r"подпис(?:ывайтесь|ывайся|аться|шитесь) на (?:мой |наш |этот )?канал"
        r"(?: (?:и )?(?:ставьте|жмите) [\w ]{4,30})?",
        rf"{_RU_URGE}(?:ставьте|поставьте|поставить|ставить) лайк\w*(?: и подписывайтесь)?",
        "подписывайтесь",
        "добро пожаловать на (?:мой |наш )?канал",
        r"(?:увидимся|до встречи) в следующ\w+ (?:видео|выпуск\w*|ролик\w*)",
    ),
    "uk": (
        "(?:дуже |щиро )?дяку(?:ю|ємо)(?: (?:вам|всім|усім))? за перегляд"
        "(?: (?:цього |мого |нашого )?відео)?",
        "далі буде",
        r"продовження (?:далі|буде|в наступн\w+ (?:частин|сері|відео|випуск)\w*)",
        rf"{_UK_URGE}(?:ставте |поставте )?(?:лайк\w*,? )?(?:і |та )?"
        "підпи(?:суйтесь|суйтеся|шіться|сатися) на (?:мій |наш |цей )?канал",
        rf"{_UK_URGE}(?:ставте|поставте|поставити) лайк\w*(?: (?:і|та) підписуйтесь)?",
        "підписуйтесь|підписуйтеся",
        r"(?:до зустрічі|побачимось) (?:в|у) наступн\w+ (?:відео|випуск\w*)",
    ),
    "pl": (
        "(?:dziękuj[ęe]|dzięki|dziękujemy)(?: (?:wam|bardzo|wszystkim|państwu))? za "
        "(?:wspólne )?(?:oglądanie|obejrzenie)"
        "(?: (?:tego |mojego |naszego )?(?:filmu|filmiku|odcinka|materiału)"
        r"| i do zobaczenia [\w ]{4,40})?",
        r"zapraszamy? (?:do|na) (?:subskrypcj[iię]|subskrybowania|kolejn\w+ (?:film|odcin)\w*)"
        "(?: kanału)?",
        "(?:nie zapomnij(?:cie)? )?zasubskryb(?:uj|ujcie|ować)"
        r"(?: (?:mój |nasz |ten )?kanał| oraz zafollowować[\w ]{0,30})?",
        r"(?:i )?do zobaczenia w (?:kolejn|następn)\w+ (?:odcinku|filmie|odcinkach|filmach)",
        "ciąg dalszy nastąpi",
        "wszystkie prawa zastrzeżone",
        "wszystkie informacje są w opisie",
        "teraz wracamy do naszego odcinka",
        "thank you for your support on patronite",
    ),
}


def _one_of(patterns: Mapping[str, tuple[str, ...]]) -> str:
    return "|".join(pattern for own in patterns.values() for pattern in own)


CREDITS = re.compile(
    rf"{_BEGIN}(?:(?:{_one_of(_CREDITS)}){_END_OR_CAPITAL}|(?:{_one_of(_CLOSINGS)}){_END}){_REST}",
    re.IGNORECASE,
)

# Sounds in words: in brackets or with notes anywhere, else as a whole segment.
_SOUND = (
    "(?:music|applause|laugh(?:ter|s|ing)|silence|blank_audio|inaudible|noise|beep(?:ing|s)?|ringing"
    "|музык[аи]|аплодисменты|смех|тишина|гудки|звонок|музика|оплески|сміх|тиша|гудок|дзвінок"
    "|muzyka|oklaski|śmiech|cisza|dzwonek)"
)
_SOUNDING = "(?: (?:playing|plays|starts|gra|грає|играет|звучит|звучить))?"
SOUNDS = re.compile(
    rf"[\[(*♪]+\s*(?:[\w-]+ )?{_SOUND}{_SOUNDING}\s*[\])*♪]+[\s.!?…]*|[♪♫]+\s*", re.IGNORECASE
)
SOUND_SEGMENT = re.compile(
    r"\W*(?:(?:спокойная|динамичная|бодрая|тревожная|вес[её]лая|грустная|лирическая"
    "|напряж[её]нная|торжественная|спокійна|динамічна|весела|spokojna|dynamiczna|upbeat|soft"
    "|dramatic) (?:музыка|музика|muzyka|music)|(?:звучит|играет) музыка"
    r"|(?:тихо )?(?:звучить|грає) музика|(?:gra|brzmi) muzyka)\W*",
    re.IGNORECASE,
)

# What people do say, and what silence is heard as: taken out only as a whole segment with poor
# figures. Never a "yes" in any form: it may be the buyer's answer to a question.
_ORDINARY = {
    "en": (
        "(?:thank you|thanks)(?: (?:very|so) much| a lot| all| everyone)?|bye(?:[ -]bye)?|goodbye"
        "|you|so|the end|i'm sorry|see you(?: next time| later| soon)?"
        "|music|applause|laughter|silence|blank_audio",
    ),
    "ru": (
        "спасибо(?: большое| всем| за внимание)?|благодарю за внимание|до свидания"
        "|до (?:новых )?встреч[иа]?|(?:всем )?пока|музыка|аплодисменты|тишина|конец|аминь",
    ),
    "uk": (
        "(?:щиро )?дяку(?:ю|ємо)(?: (?:за увагу|за підписку|вам))?|до побачення|до зустрічі"
        "|на все добре|музика|тиша|кінець",
    ),
    "pl": (
        "dzięk(?:uję|uje|i)(?: bardzo| za uwagę)?|dziękujemy(?: za uwagę)?|do widzenia"
        "|do zobaczenia|cześć|pa pa|koniec|muzyka",
    ),
}
ORDINARY = re.compile(rf"\W*(?:(?:{_one_of(_ORDINARY)})(?!\w)\W*){{1,3}}", re.IGNORECASE)
