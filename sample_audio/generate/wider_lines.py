"""Longer wording for the archive of transcripts: what the buyer says of their own company.

Same template syntax and keys as the grammar; the recordings never use these lines, so the archive
is worded more widely than the bundled speech model's vocabulary.
"""

from __future__ import annotations

WIDER_BUYER: dict[tuple[str, str], tuple[str, ...]] = {
    ("pain", "manual_work"): (
        "so what happens is, {one_person} exports {work}, cleans it up and pastes it into the next "
        "sheet, and that's how we have always done it",
        "I'll be blunt, half of {process} is copy and paste from one file to another",
        "{people} key the same {documents} in twice, once for us and once for the accountants",
        "there's a lady in {city} who retypes {work} from the printouts, and I wish I was joking",
        "nothing about {process} is automated, somebody has to sit down and type it all in",
        "we do it by hand, all of it, from {work} to {work}",
        "every {weekday} I get an email with {work} and I put the numbers in by hand",
    ),
    ("tool", "excel"): (
        "it all lives in Excel, {work}, {work}, everything you can think of",
        "for {process} there's one giant Excel workbook that only {name} understands",
        "we've got Excel files for {process} going back to when the company was founded",
        "Excel is what we use, there is a file for {work} and another one for {work}",
        "basically the whole of {process} sits in Excel on a shared drive",
    ),
    ("pain", "does_not_scale"): (
        "the way we work was fine when we were half the size, it just doesn't scale any more",
        "we have outgrown what we have, and every new customer makes that more obvious",
        "what got us here for {process} won't carry us any further, we're past the limit",
        "as we grow, {process} simply falls apart, and it gets worse every {period}",
        "the setup can't keep up with how the business has grown",
        "when it was just a handful of customers it worked, now {process} can't cope with the size "
        "of the business",
    ),
    ("pain", "no_visibility"): (
        "if you ask me today where we stand with {work}, I honestly couldn't tell you",
        "nobody has a full picture of {process}, everyone only sees their own corner",
        "we find out about problems with {work} after the fact, never before",
        "I have no way to see {work} across the sites, it's a blind spot",
        "there's no dashboard, no overview, we're in the dark about {process}",
        "management keeps asking for a forecast and we can't give them one, because we can't see "
        "{work}",
    ),
    ("trigger", "new_leader"): (
        "what changed is that a new {boss} came on board {recently} and is looking at everything",
        "we've had a new {boss} {since}, and the whole agenda moved",
        "so the reason for this call, really, is our new {boss}, who started {recently}",
        "there's been a change at the top, we have a new {boss} {since}",
        "{name} took over as {boss} {recently} and put {process} at the top of the list",
    ),
    ("objection", "budget"): (
        "I have to be honest with you, there is simply no budget for it this {quarter_this}",
        "we like it, but the budget for this {quarter_this} has been allocated already and there's "
        "nothing left",
        "finance froze all new spending, so there's no money for anything like this",
        "I can't see where the money would come from, it isn't in the budget",
        "no budget this year, that's the short answer, I'm sorry",
    ),
    ("pain", "data_quality"): (
        "we have three people reporting the same figure and you get three different answers",
        "half the addresses in {system} are wrong and nobody feels responsible",
        "I wouldn't bet my salary on {work}, let me put it that way, the numbers are unreliable",
        "there are so many duplicates in {system} that we stopped counting",
    ),
    ("pain", "errors_rework"): (
        "something goes out wrong nearly every {period}, and then we spend the {weekday} fixing it",
        "we end up doing {work} twice because the first round is full of mistakes",
        "customers call us because the {document} they got was wrong, again",
    ),
    ("pain", "slow_process"): (
        "it's painfully slow, from request to answer a {document} takes {days}",
        "by the time {work} are ready, the moment has passed, it all takes too long",
        "approvals are the bottleneck, things sit on somebody's desk for {days}",
        "the month end drags on forever, we're never done before the middle of the next month",
        "customers are waiting {days} for a simple answer, and they let us know",
    ),
    ("pain", "disconnected_tools"): (
        "none of our systems talk to each other, it's islands wherever you look",
        "{system} knows one thing, {system} knows another, and there's no connection between them",
        "every department bought its own software and nothing is integrated",
    ),
    ("pain", "lost_money"): (
        "we're losing money on this, and it's not small change, I'd say {money} a year",
        "we've had customers walk away because of {process}, and that hurts",
        "there is revenue slipping through our fingers every {period}, {money} easily",
    ),
    ("pain", "people_capacity"): (
        "{people} are stretched to the limit, a couple of them are close to burning out",
        "if {name} goes on holiday, nobody knows how {process} works",
        "we simply don't have enough hands in {team}, everyone is doing overtime",
        "it takes {months_span} before somebody new in {team} is up to speed",
    ),
    ("pain", "bad_vendor"): (
        "the supplier we have now doesn't even answer the phone",
        "the software we've got is fifteen years old and it shows",
        "support from our current vendor is terrible, we wait {days} for a reply",
        "the present tool crashes every other day and nobody fixes it",
    ),
    ("trigger", "growth_hiring"): (
        "we've hired {number} people this year and another {number} are starting {soon}",
        "headcount doubled within {months_span}, so there's a lot going on",
        "we're in the middle of a hiring wave, {number} new colleagues {soon}",
    ),
    ("trigger", "regulation_audit"): (
        "there's an audit coming {soon} and I'd like to be ready for it",
        "a new regulation kicks in {soon} and it affects everybody in {industry}",
        "the last audit {recently} didn't go well, the auditors had findings on {work}",
    ),
    ("trigger", "vendor_end"): (
        "the contract we have today runs out {soon} and I don't want to renew it",
        "our supplier announced that the product reaches end of life {soon}",
        "they put the renewal up by {percent}, which is what started this search",
    ),
    ("trigger", "expansion"): (
        "we're opening a second {place} in {city} {soon}",
        "the plan is to go into {country} {soon}, that's a whole new market for us",
        "we just opened a {place} in {country} {recently}, and a further one follows {soon}",
    ),
    ("trigger", "incident"): (
        "{recently} we lost a major customer over this, that was the wake up call",
        "the system went down for {days} {recently} and the whole {place} stood still",
        "we had a serious mix-up with {work} {recently}, it went all the way to the board",
    ),
    ("trigger", "competitor_pressure"): (
        "our competitors already do this, and we're falling behind",
        "a rival of ours launched same day quotes {recently} and we feel the pressure",
        "the competition in {country} got a lot faster than us, so we have to move",
    ),
    ("tool", "google_sheets"): (
        "{team} keeps {work} in Google Sheets, shared with everyone",
        "we have Google Sheets for {process}, it's nothing fancy",
    ),
    ("tool", "salesforce"): (
        "on the sales side we run Salesforce, that one is going to stay",
        "our CRM is Salesforce, we rolled it out {number} years ago",
        "we use Salesforce for {work} and for the pipeline",
    ),
    ("tool", "sap"): (
        "we're an SAP house, have been for {number} years",
        "everything financial runs through SAP",
        "our ERP is SAP, the group decided that",
    ),
    ("tool", "hubspot"): (
        "marketing works in HubSpot, and they're quite fond of it",
        "we use HubSpot for the newsletters and the leads",
        "our CRM is HubSpot, we have it {since}",
    ),
    ("tool", "quickbooks"): (
        "the books are done in QuickBooks",
        "we use QuickBooks for the accounting side",
        "our accountant runs QuickBooks, that's all there is",
    ),
    ("tool", "power_bi"): (
        "there's Power BI for the board reports",
        "we use Power BI on top of the data warehouse",
        "one of our analysts builds charts in Power BI",
    ),
    ("tool", "in_house"): (
        "we have a system of our own that our developers wrote, {number} years ago",
        "{process} runs on a home grown tool, built by a colleague who has retired since",
    ),
    ("metric", "time"): (
        "I once added it up, {people} spend {hours} a {period} on {documents}",
        "we're talking about {hours} every {weekday}, just for {documents}",
        "it costs {team} {hours} a week, easily",
    ),
    ("metric", "money"): (
        "all in all that's about {money} a year",
        "each wrong {document} costs us roughly {money}, if you count everything",
        "we calculated that it would save us {money} a year",
    ),
    ("metric", "volume"): (
        "to give you an idea of the scale, we process {big} {documents} a {period}",
        "we're {number} people in {team} and {big} customers in the database",
        "there are {number} sites in {country}, each with its own manager",
    ),
}
