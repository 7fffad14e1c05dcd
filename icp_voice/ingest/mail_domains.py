"""Tell a deal by the mail domains of the attendees.

A domain tells where the CRM has it in a website, domain or e-mail column of the deals, or where it
is spelt like an account's name (`ann@acme-corp.com`, Acme Corp). Domains that anybody can have an
address at, hosts where anybody can have a page, and our own tell nothing.
"""

import re
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass

from icp_voice.ingest.accounts import AccountIndex
from icp_voice.ingest.deals_words import DOMAIN_COLUMNS
from icp_voice.ingest.delimited import normal_header
from icp_voice.records import Deal, Participant

# The most used free mail services of the world and of the four languages' countries.
_FREE_MAIL_DOMAINS = """
gmail.com googlemail.com outlook.com hotmail.com live.com msn.com yahoo.com ymail.com aol.com
icloud.com me.com mac.com proton.me protonmail.com pm.me gmx.com gmx.net gmx.de web.de
zoho.com fastmail.com tutanota.com hey.com yandex.com mail.com hotmail.co.uk yahoo.co.uk
mail.ru bk.ru list.ru inbox.ru internet.ru yandex.ru ya.ru rambler.ru lenta.ru yandex.by
yandex.kz yandex.ua mail.kz tut.by ukr.net i.ua meta.ua bigmir.net email.ua
wp.pl o2.pl onet.pl onet.eu op.pl interia.pl interia.eu poczta.fm gazeta.pl tlen.pl vp.pl
poczta.onet.pl outlook.pl
"""
# Hosts of pages and links that CRMs keep in the website column; invitations' own addresses.
_SHARED_HOSTS = """
facebook.com linkedin.com instagram.com twitter.com x.com youtube.com t.me vk.com vk.ru ok.ru
wikipedia.org google.com goo.gl bit.ly github.com wordpress.com wixsite.com tilda.ws
blogspot.com prom.ua olx.ua allegro.pl avito.ru zoom.us microsoft.com calendly.com
resource.calendar.google.com group.calendar.google.com
"""
FREE_MAIL_DOMAINS = frozenset(_FREE_MAIL_DOMAINS.split())
SHARED_HOSTS = frozenset(_SHARED_HOSTS.split())
_DOMAIN = re.compile(r"(?:[^\W_][\w-]*\.)+[^\W\d_]{2,}")
# Second levels under which companies stand, such as acme.co.uk and acme.com.pl.
_SECOND_LEVELS = frozenset(
    {*("co", "com", "net", "org", "gov", "edu", "ac", "in", "biz", "info"), *("msk", "spb", "kiev")}
)


@dataclass(frozen=True)
class DomainHit:
    """A domain of an attendee that tells deals.

    Attributes:
        spelt: False where the CRM has the domain, True where only an account's name is spelt so.
    """

    domain: str
    deal_ids: frozenset[str]
    spelt: bool


class DomainIndex:
    """The deals' mail domains and websites."""

    def __init__(
        self, deals: Iterable[Deal], accounts: AccountIndex, seller_domains: Collection[str]
    ) -> None:
        """Index the deals' website and e-mail columns."""
        self._accounts = accounts
        self._ours = frozenset(domain for d in seller_domains for domain in domains_in(d))
        self._deals: dict[str, set[str]] = {}
        self._deals_below: dict[str, set[str]] = {}
        for deal in deals:
            for column, value in deal.attributes.items():
                if value and normal_header(column) in DOMAIN_COLUMNS:
                    for domain in domains_in(value):
                        if not self._tells_nothing(domain):
                            self._deals.setdefault(domain, set()).add(deal.deal_id)
                            for above in _with_parents(domain):
                                self._deals_below.setdefault(above, set()).add(deal.deal_id)

    def find(self, people: Sequence[Participant]) -> tuple[DomainHit, ...]:
        """Return what the domains of the people who are not known to be ours tell."""
        sellers = {d for p in people if p.side == "seller" and p.email for d in domains_in(p.email)}
        others = {d for p in people if p.side != "seller" and p.email for d in domains_in(p.email)}
        hits = []
        for domain in sorted(others - sellers):
            if self._tells_nothing(domain):
                continue
            # eu.acme.com and acme.com are one company, whichever of them the CRM has.
            listed = set(self._deals_below.get(domain, ()))
            listed.update(*(self._deals.get(above, ()) for above in _with_parents(domain)))
            spelt = frozenset(
                deal_id
                for hit in self._accounts.spelt_as(company_label(domain))
                for deal_id in hit.deal_ids
            )
            if listed or spelt:
                hits.append(DomainHit(domain, frozenset(listed) or spelt, not listed))
        return tuple(hits)

    def _tells_nothing(self, domain: str) -> bool:
        shared = FREE_MAIL_DOMAINS | SHARED_HOSTS | self._ours
        return any(domain == host or domain.endswith(f".{host}") for host in shared)


def domains_in(text: str) -> frozenset[str]:
    """Return the domains of a cell with addresses or websites.

    Examples:
        >>> sorted(domains_in("https://www.Acme.com/de?x=1; ann.lee@mail.acme.co.uk"))
        ['acme.com', 'mail.acme.co.uk']
        >>> sorted(domains_in("n/a"))
        []
    """
    found = set()
    for word in re.split(r"[\s;,<>()\"]+", text.lower()):
        host = re.sub(r"^(?:mailto:|[a-z]+://)", "", word).rsplit("@", 1)[-1]
        host = re.split(r"[/?#:]", host)[0].strip(".")
        if _DOMAIN.fullmatch(host):
            found.add(host.removeprefix("www."))
    return frozenset(found)


def company_label(domain: str) -> str:
    """Return the part of a domain that is the company's own choice.

    Examples:
        >>> company_label("mail.acme-corp.co.uk"), company_label("acme.com")
        ('acme-corp', 'acme')
    """
    labels = domain.split(".")[:-1]
    if len(labels) > 1 and labels[-1] in _SECOND_LEVELS:
        labels = labels[:-1]
    return labels[-1]


def _with_parents(domain: str) -> list[str]:
    labels = domain.split(".")
    return [".".join(labels[i:]) for i in range(len(labels) - 1)]
