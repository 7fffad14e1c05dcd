"""Words by which a seller and a buyer give themselves away on a sales call, in four languages.

Used by `sides`. Weights are points of evidence for the seller (negative: the buyer); they were set
on a few dozen labelled calls and are deliberately coarse. Every cue counts at most twice.
"""

import re
from dataclasses import dataclass


@dataclass(frozen=True)
class Cue:
    """A phrase, and how much it speaks for the seller; `opening` ones count only early on."""

    pattern: re.Pattern[str]
    points: float
    opening: bool = False


def _cue(pattern: str, points: float, *, opening: bool = False) -> Cue:
    return Cue(re.compile(r"\b(?:" + pattern + r")\b", re.IGNORECASE), points, opening)


CUES: dict[str, tuple[Cue, ...]] = {
    "en": (
        _cue(
            r"(?:thanks|thank you)(?: so much)? for (?:joining|(?:taking|making|finding)"
            r"(?: the| some)? time|your time|having (?:me|us)|hopping on)",
            1.5,
            opening=True,
        ),
        _cue(
            r"(?:this is|i am|i'm|my name is) [\w' ]{2,30}? (?:from|at|with) (?!the |our )\w+",
            1.5,
            opening=True,
        ),
        _cue(
            r"thanks for (?:the follow[- ]up|setting this up|the demo|calling back)",
            -1.0,
            opening=True,
        ),
        _cue(
            r"is (?:now|this) a good time|i'?m (?:calling|reaching out)|"
            r"reaching out (?:to|because)",
            1.5,
            opening=True,
        ),
        _cue(
            r"(?:who'?s|who is) (?:calling|this)|what(?:'s| is) this about|"
            r"how did you get (?:my|this)",
            -2.0,
            opening=True,
        ),
        _cue(
            r"(?:let me|i'll|i will|i can|let's have|can i) (?:just )?"
            r"(?:show|walk you|share|explain|send you|demo)",
            1.2,
        ),
        _cue(
            r"(?:ask|have) (?:you )?(?:a few|some|a couple of) questions|quick agenda|the agenda",
            1.2,
        ),
        _cue(
            r"our (?:platform|product|solution|software|customers|clients|pricing|app|tool|"
            r"implementation|onboarding team|other clients)",
            1.0,
        ),
        _cue(
            r"(?:our|other|another|most|one of our|a) (?:\w+ )?(?:customers?|clients?) "
            r"(?:in|had|have|save|use|like|of)",
            1.0,
        ),
        _cue(
            r"we (?:work with|help|connect to|integrate with|offer|provide|charge|specialize)", 0.9
        ),
        _cue(
            r"tell me (?:about|more|a bit|where)|walk me through|can you tell me|talk me through|"
            r"what(?:'s| is) (?:your|behind)|i'd love to (?:hear|understand)|help me understand",
            1.0,
        ),
        _cue(
            r"(?:does|would) that (?:make sense|work for you|help)|if i understand|"
            r"did i (?:get|understand)",
            0.6,
        ),
        _cue(r"per (?:user|seat)|you pay|the price starts|free trial|i(?:'ll| can) give you", 0.6),
        _cue(r"i'?m not (?:really )?interested|take me off|not for us|i'?ll think about it", -2.0),
        _cue(
            r"how much (?:does|is|would|do you)|what(?:'s| does| is)(?: the)? (?:it cost|price)|"
            r"what would it cost|is there a discount",
            -1.2,
        ),
        _cue(
            r"(?:do|can|does|would) (?:you|it|your (?:tool|system|platform|software)) "
            r"(?:integrate|support|offer|connect|work with|run on|handle)",
            -1.0,
        ),
        _cue(
            r"(?:my|our) (?:boss|cfo|ceo|cto|coo|director|management|board|budget|manager|"
            r"warehouse|finance team|accountant|it (?:team|department)|procurement)",
            -0.9,
        ),
        _cue(
            r"we(?:'re| are) (?:still )?(?:using|looking (?:for|at)|doing|running)|"
            r"we (?:use|spend|need|lose|lost|bought|acquired|currently|still|used to)",
            -0.8,
        ),
        _cue(r"(?:by hand|manually|in (?:excel|spreadsheets)|it takes us|costs us)", -0.4),
    ),
    "ru": (
        _cue(r"спасибо,? что (?:нашли|выделили|уделили|подключились|\w+ наш)", 1.5, opening=True),
        _cue(
            r"меня зовут|(?:это|я) \w+(?: \w+)?,? (?:из )?компани[яи]|мы (?:компания|делаем)",
            1.5,
            opening=True,
        ),
        _cue(
            r"вы (?:оставляли|просили|писали|заполняли)|удобно (?:сейчас|говорить)",
            1.2,
            opening=True,
        ),
        _cue(
            r"по какому вопросу|кто это|откуда (?:у вас )?(?:мой )?номер|слушаю", -1.5, opening=True
        ),
        _cue(r"(?:давайте|могу|сейчас) (?:я )?(?:покажу|расскажу|пришлю|вышлю|напомню)", 1.2),
        _cue(r"наш(?:а|у|ей|и|их|е)? (?:платформ|продукт|решени|систем|клиент|сервис)\w*", 1.0),
        _cue(r"мы (?:помогаем|работаем с|интегрируемся|предлагаем|умеем|подключаем)", 0.9),
        _cue(
            r"расскажите|подскажите|правильно понимаю|то есть у вас|а у вас|что (?:сейчас )?болит",
            0.9,
        ),
        _cue(r"сколько (?:это )?(?:стоит|будет стоить)|какая цена|а скидк\w+", -1.2),
        _cue(r"(?:не интересно|нам не надо|я подумаю)", -1.5),
        _cue(
            r"(?:наш|мой) (?:директор|шеф|финдир|айтишник|бухгалтер|генеральный|собственник)\w*|"
            r"у нас (?:в|на|всё|все|сейчас|нет|есть)",
            -0.8,
        ),
        _cue(r"мы (?:теряем|считаем|ведём|ведем|делаем в|пользуемся|купили|сидим)", -0.6),
    ),
    "uk": (
        _cue(r"дякую,? що (?:знайшли|виділили|приділили|долучи\w+)", 1.5, opening=True),
        _cue(
            r"мене звати|(?:це|я) \w+,? (?:з )?(?:компані[яї]|«)|ми (?:компанія|робимо)",
            1.5,
            opening=True,
        ),
        _cue(r"ви (?:лишали|залишали|просили|писали)|зручно (?:зараз|говорити)", 1.2, opening=True),
        _cue(r"з якого питання|хто це|звідки (?:у вас )?(?:мій )?номер|слухаю", -1.5, opening=True),
        _cue(r"(?:давайте|можу|зараз) (?:я )?(?:покажу|розкажу|надішлю|скину|нагадаю)", 1.2),
        _cue(r"наш(?:а|у|ої|і|их|е)? (?:платформ|продукт|рішенн|систем|клієнт|сервіс)\w*", 1.0),
        _cue(r"ми (?:допомагаємо|працюємо з|інтегруємось|пропонуємо|вміємо|підключаємо)", 0.9),
        _cue(r"розкажіть|підкажіть|правильно розумію|тобто у вас|а у вас|де болить|нагадайте", 0.9),
        _cue(r"скільки (?:це )?(?:коштує|коштуватиме)|яка ціна|а знижк\w+", -1.2),
        _cue(r"(?:не цікаво|нам не треба|я подумаю)", -1.5),
        _cue(
            r"(?:наш|мій) (?:директор|шеф|айтішник|бухгалтер|власник)\w*|"
            r"[ву] нас (?:в|на|все|зараз|нема|є)",
            -0.8,
        ),
        _cue(r"ми (?:втрачаємо|рахуємо|ведемо|користуємось|купили|сидимо)", -0.6),
    ),
    "pl": (
        _cue(
            r"dzięku(?:ję|jemy) za (?:poświęcony )?(?:czas|spotkanie|dołączenie)", 1.5, opening=True
        ),
        _cue(
            r"z tej strony|nazywam się|dzwonię|(?:wypełni|zostawi)\w+ (?:pani? )?formularz|"
            r"(?:my|jesteśmy) firm[aą]",
            1.5,
            opening=True,
        ),
        _cue(
            r"w jakiej sprawie|kto mówi|skąd (?:ma pani? )?(?:mój )?numer|słucham",
            -1.5,
            opening=True,
        ),
        _cue(r"(?:pokażę|opowiem|prześlę|wyślę|podeślę|dopytał\w*|powtórzę)", 1.0),
        _cue(
            r"nasz(?:a|ą|ej|e|ego|ym|i|ych)? (?:platform|produkt|rozwiązani|system|klien)\w*", 1.0
        ),
        _cue(r"(?:pomagamy|współpracujemy z|integrujemy|oferujemy|podłączamy)", 0.9),
        _cue(
            r"proszę (?:mi )?(?:powiedzieć|opowiedzieć)|dobrze (?:mam|rozumiem)|u państwa|"
            r"a jak (?:to|wygląda|tam)|co państwa skłoniło|czyli (?:macie|mają państwo)",
            0.9,
        ),
        _cue(r"ile (?:to )?(?:kosztuje|będzie kosztować)|jaka (?:jest )?cena|a rabat", -1.2),
        _cue(r"(?:nie jestem zainteresowan\w+|zastanowię się)", -1.5),
        _cue(
            r"(?:nasz|mój) (?:dyrektor|szef|prezes|informatyk|księgow)\w*|"
            r"u nas (?:w|na|wszystko|teraz|nie|jest)",
            -0.8,
        ),
        _cue(
            r"(?:tracimy|liczymy|prowadzimy|używamy|kupiliśmy|przejęliśmy|mamy (?:teraz|\w+ "
            r"(?:placów|sklep|bud|osób)\w*))",
            -0.6,
        ),
    ),
}

# On a discovery call the seller talks about "you", the buyer about "us".
YOU = re.compile(
    r"\b(?:you|your|yours|you're|you've|вы|вас|вам|вами|ваш\w{0,3}|ви|вами|państw\w+|pan|pani|"
    r"panu|pana|panią|macie|wam|wasz\w{0,3})\b",
    re.IGNORECASE,
)
WE = re.compile(
    r"\b(?:we|our|ours|us|we're|we've|we'd|мы|нас|нам|нами|наш\w{0,3}|ми|my|nas|nasz\w{0,3}|"
    r"mamy|robimy|jesteśmy)\b",
    re.IGNORECASE,
)
FILLERS = re.compile(r"\byou (?:know|see)\b|\bthank you\b", re.IGNORECASE)
QUESTION = re.compile(
    r"\?|^\W*(?:so |and |okay |ok |а |і |и |a |то есть |тобто |czyli )?(?:how|what|when|where|"
    r"which|who|why|do you|does|did you|are you|is (?:it|that|there|this)|can (?:i|you)|could|"
    r"would you|have you|сколько|как(?:ой|ая|ие)?|почему|зачем|где|кто|когда|скільки|"
    r"як(?:ий|а|і)?|чому|де|хто|коли|чи|ile|jak(?:i|a|ie)?|czy|gdzie|kto|kiedy|dlaczego|co)\b",
    re.IGNORECASE,
)
