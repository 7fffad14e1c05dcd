"""How CRMs name columns, outcomes and money, in English, Russian, Ukrainian and Polish."""

import re
from collections.abc import Iterable, Mapping

from icp_voice.config import IngestConfig
from icp_voice.ingest.delimited import normal_header
from icp_voice.records import Deal, Outcome

# Field of `Deal` -> headers as `normal_header` writes them; the first that is there wins.
FIELD_ALIASES: Mapping[str, tuple[str, ...]] = {
    "deal_id": (
        *("deal_id", "dealid", "opportunity_id", "opportunityid", "record_id", "lead_id", "id"),
        *("pipedrive_system_id", "deal_record_id", "id_сделки", "номер_сделки", "id_угоди"),
        *("номер_угоди", "id_transakcji", "id_szansy", "numer_transakcji", "ид"),
    ),
    "outcome": (
        *("outcome", "result", "status", "deal_status", "deal_stage", "dealstage", "stage"),
        *("stage_name", "stagename", "pipeline_stage", "исход", "результат", "статус", "этап"),
        *("этап_сделки", "стадия", "стадия_сделки", "етап", "етап_угоди", "стадія", "wynik"),
        *("status_transakcji", "etap", "etap_transakcji"),
    ),
    "created_on": (
        *("created_at", "created_on", "create_date", "created_date", "created", "createdate"),
        *("engage_date", "date_created", "deal_created", "дата_создания", "создана", "создан"),
        *("дата_створення", "створено", "data_utworzenia", "utworzono"),
    ),
    "closed_on": (
        *("closed_at", "closed_on", "close_date", "closed_date", "closedate", "date_closed"),
        *("closed", "deal_closed_on", "дата_закрытия", "закрыта", "дата_закриття", "закрито"),
        *("data_zamknięcia", "zamknięto", "data_zamkniecia"),
    ),
    "first_call_on": (
        *("first_call_at", "first_call_on", "first_call", "first_call_date", "первый_звонок"),
        *("дата_первого_звонка", "перший_дзвінок", "дата_першого_дзвінка", "pierwsza_rozmowa"),
        *("data_pierwszej_rozmowy",),
    ),
    "amount": (
        *("amount", "close_value", "deal_amount", "value", "deal_value", "deal_size", "сумма"),
        *("сумма_сделки", "бюджет", "сума", "сума_угоди", "kwota", "wartość", "wartosc"),
        *("wartość_transakcji",),
    ),
    "currency": ("currency", "deal_currency", "валюта", "waluta"),
    "account_id": (
        *("account_id", "account", "company_id", "company", "account_name", "company_name"),
        *("associated_company", "organization", "organisation", "компания", "клиент", "компанія"),
        *("клієнт", "firma", "klient"),
    ),
    "owner": (
        *("owner", "deal_owner", "sales_agent", "sales_rep", "rep", "owner_name", "ответственный"),
        *("менеджер", "відповідальний", "właściciel", "opiekun", "handlowiec"),
    ),
    "name": (
        *("name", "deal_name", "opportunity_name", "title", "название", "название_сделки"),
        *("назва", "назва_угоди", "nazwa", "nazwa_transakcji"),
    ),
}

# Columns that restate the outcome; as traits they would "predict" it perfectly.
LEAKING_COLUMNS = frozenset(
    {
        *FIELD_ALIASES["outcome"],
        *("is_won", "is_closed", "is_lost", "is_closed_won", "is_deal_closed", "won", "lost"),
        *("probability", "deal_probability", "forecast_category", "forecast", "win_probability"),
        *("lost_reason", "loss_reason", "closed_lost_reason", "closed_won_reason", "won_reason"),
        *("close_reason", "won_time", "lost_time", "lost_date", "won_date"),
        *("причина_отказа", "причина_проигрыша", "причина_відмови", "powód_przegranej"),
        *("вероятность", "ймовірність", "prawdopodobieństwo"),
    }
)

# Columns beside the fields that tell whose deal it is; they name one company each, so they are no
# traits either. As `normal_header` writes them.
ACCOUNT_COLUMNS = frozenset(
    {
        *("account", "account_name", "company", "company_name", "customer_name"),
        *("client_name", "organization", "organisation", "organization_name"),
        *("organisation_name", "associated_company", "primary_associated_company", "legal_name"),
        *("компания", "название_компании", "клиент", "контрагент", "организация", "заказчик"),
        *("компанія", "назва_компанії", "клієнт", "організація", "замовник"),
        *("firma", "nazwa_firmy", "klient", "kontrahent", "organizacja", "spółka", "spolka"),
    }
)
DOMAIN_COLUMNS = frozenset(
    {
        *("website", "web_site", "web", "site", "url", "domain", "domains", "company_domain"),
        *("company_domain_name", "company_website", "account_website", "account_domain"),
        *("website_url", "homepage", "email_domain", "mail_domain"),
        *("email", "e_mail", "mail", "emails", "contact_email", "contact_emails", "email_address"),
        *("primary_email", "work_email", "customer_email", "buyer_email", "primary_contact_email"),
        *("associated_contact_emails", "contact_e_mail", "contact_1_email"),
        *("сайт", "веб_сайт", "вебсайт", "домен", "почта", "эл_почта", "электронная_почта"),
        *("email_контакта", "рабочий_email", "пошта", "ел_пошта", "електронна_пошта"),
        *("email_контакту", "strona", "strona_www", "www", "witryna", "domena", "poczta"),
        *("adres_email", "email_kontaktu", "adres_e_mail"),
    }
)

_OUTCOMES: Mapping[Outcome, tuple[str, ...]] = {
    "won": (
        *("won", "win", "closed won", "closedwon", "closed-won", "close won", "closed - won"),
        *("success", "successful", "signed", "contract signed", "выиграна", "выигран", "выиграно"),
        *("выиграли", "успешно", "успешно реализовано", "успех", "сделка успешна", "продано"),
        *("закрыта успешно", "закрыто успешно", "виграна", "виграно", "виграли", "успішно"),
        *("успішно реалізовано", "успіх", "закрито успішно", "wygrana", "wygrane", "wygrany"),
        *("wygrano", "sukces", "zamknięta wygrana", "zamknięte wygrane", "sprzedane"),
    ),
    "lost": (
        *("lost", "loss", "lose", "closed lost", "closedlost", "closed-lost", "close lost"),
        *("closed - lost", "failed", "disqualified", "rejected", "проиграна", "проигран"),
        *("проиграно", "проиграли", "отказ", "закрыто и не реализовано", "сделка провалена"),
        *("закрыта неуспешно", "провал", "неуспешно", "програна", "програно", "програли"),
        *("відмова", "закрито і не реалізовано", "неуспішно", "провалено", "przegrana"),
        *("przegrane", "przegrany", "przegrano", "stracona", "utracona", "porażka"),
        *("zamknięta przegrana", "zamknięte przegrane", "odrzucona"),
    ),
    "open": (
        *("open", "in progress", "new", "pipeline", "prospecting", "engaging", "qualification"),
        *("qualified", "discovery", "demo", "proposal", "negotiation", "contract sent", "on hold"),
        *("appointment scheduled", "appointmentscheduled", "qualified to buy", "active"),
        *("qualifiedtobuy", "presentation scheduled", "presentationscheduled", "contractsent"),
        *("decision maker bought-in", "decisionmakerboughtin", "needs analysis", "evaluation"),
        *("value proposition", "id. decision makers", "perception analysis", "pilot", "trial"),
        *("proposal/price quote", "negotiation/review", "открыта", "открыто", "в работе"),
        *("новая", "новый", "переговоры", "квалификация", "первичный контакт", "предложение"),
        *("принимают решение", "согласование договора", "демо", "відкрита", "відкрито", "в роботі"),
        *("нова", "новий", "переговори", "кваліфікація", "первинний контакт", "пропозиція"),
        *("приймають рішення", "otwarta", "otwarte", "otwarty", "w toku", "nowa", "nowy"),
        *("negocjacje", "kwalifikacja", "oferta", "w trakcie"),
    ),
}

_SIGNS = {
    "USD": ("$", "us$", "usd"),
    "EUR": ("€", "eur"),
    "GBP": ("£", "gbp"),
    "UAH": ("₴", "uah", "грн", "грн."),
    "PLN": ("zł", "zl", "pln"),
    "RUB": ("₽", "rub", "руб", "руб.", "р."),
}
_CURRENCIES = {sign: code for code, signs in _SIGNS.items() for sign in signs}
_SPACES = re.compile(r"[\s\u00a0\u202f\u2009']")
_AMOUNT = re.compile(r"(?P<before>[^\d+-]*)(?P<number>[+-]?\d[\d.,]*)(?P<after>\D*)")


def company_columns(deals: Iterable[Deal]) -> list[str]:
    """Return the attribute columns that name a company, its website or its people's addresses."""
    columns = sorted({column for deal in deals for column in deal.attributes})
    return [c for c in columns if normal_header(c) in ACCOUNT_COLUMNS | DOMAIN_COLUMNS]


def outcome_words(config: IngestConfig) -> dict[str, Outcome]:
    """Return outcome word in lower case -> outcome; the configuration's words win."""
    words: dict[str, Outcome] = {}
    for outcome, known in _OUTCOMES.items():
        words |= dict.fromkeys(known, outcome)
    own: tuple[tuple[Outcome, tuple[str, ...]], ...] = (
        ("won", config.won_words),
        ("lost", config.lost_words),
        ("open", config.open_words),
    )
    for outcome, named in own:
        words |= {" ".join(word.lower().split()): outcome for word in named}
    return words


def read_amount(text: str) -> tuple[float, str | None]:
    """Return an amount and its ISO 4217 currency where a sign or code tells it.

    The last of comma and point is the decimal one where both stand; a single one before exactly
    three digits separates thousands, as money has no third decimal.

    Raises:
        ValueError: not one number.

    Examples:
        >>> read_amount("$1,234.50")
        (1234.5, 'USD')
        >>> read_amount("12 000,50 zł")
        (12000.5, 'PLN')
        >>> read_amount("1.234")
        (1234.0, None)
    """
    match = _AMOUNT.fullmatch(_SPACES.sub("", text))
    if match is None:
        raise ValueError("is not an amount (accepted: 1234.50, 1 234,50, $1,234)")
    signs = [s.lower() for s in (match["before"], match["after"]) if s]
    if len(signs) > 1 or any(sign not in _CURRENCIES for sign in signs):
        raise ValueError("is not an amount (accepted: 1234.50, 1 234,50, $1,234)")
    number = _plain_number(match["number"])
    return number, _CURRENCIES[signs[0]] if signs else None


def _plain_number(text: str) -> float:
    comma, point = text.rfind(","), text.rfind(".")
    if comma >= 0 and point >= 0:
        thousands, decimal = (",", ".") if point > comma else (".", ",")
        text = text.replace(thousands, "").replace(decimal, ".")
    elif comma >= 0 or point >= 0:
        mark = "," if comma >= 0 else "."
        head, *tails = text.split(mark)
        grouped = all(len(tail) == 3 for tail in tails) and head.lstrip("+-") != "0"
        text = text.replace(mark, "") if grouped else text.replace(mark, ".")
    try:
        return float(text)
    except ValueError:
        raise ValueError("is not an amount (accepted: 1234.50, 1 234,50, $1,234)") from None
