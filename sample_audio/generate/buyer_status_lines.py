"""What the buyer says that must not count as a fact now: negated, hypothetical, past, others."""

from __future__ import annotations

BUYER_STATUS: dict[tuple[str, str], tuple[str, ...]] = {
    ("negated", "excel"): (
        "~ we are not in Excel any more(, {name})",
        "no, {work} are not in Excel",
        "~ we don't use Excel for {process} any more",
        "~ nobody [here|at {company}] keeps {work} in Excel",
        "no, {people} stopped using Excel {recently}",
    ),
    ("negated", "manual_work"): (
        "~ {process} is not manual at all(, {name})",
        "no, nobody types {documents} in by hand (here)",
        "~ we don't copy {work} by hand any more",
        "~ {people} don't do {process} manually",
    ),
    ("negated", "data_quality"): (
        "~ we have no problem with data quality in {work}",
        "no, {work} are [correct|reliable], we trust {work}",
        "~ there are no duplicates in {work} (any more)",
        "~ {people} do trust {work}",
    ),
    ("negated", "slow_process"): (
        "~ {process} is not slow (for us)(, {name})",
        "~ it doesn't take long to finish {work}",
        "no, {process} only takes {hours}",
    ),
    ("negated", "no_visibility"): (
        "~ {people} can see {work} at any time",
        "~ we have a good overview of {work}",
        "no, visibility is not a problem with {work}",
    ),
    ("negated", "price"): (
        "~ the price is not a problem [for us|for {company}|here]",
        "~ {money} is not too expensive (for us)",
        "~ we are not worried about the price of {topic}",
    ),
    ("negated", "integration"): (
        "~ integration with {system} is not an issue (for us)",
        "~ we don't need a connection to {system} (now)",
    ),
    ("negated", "regulation_audit"): (
        "~ there is no audit planned {soon}",
        "~ we don't expect an audit {soon}",
        "no, the audit {recently} was fine",
    ),
    ("negated", "new_leader"): (
        "no, the {boss} is the same as before",
        "~ we don't have a new {boss}(, {name})",
    ),
    ("hypothetical", "regulation_audit"): (
        "if we ever had an audit, {work} would be {bad}",
        "~ an audit would be {bad} for {team}",
        "if there was an audit {soon}, {people} would need {days}",
    ),
    ("hypothetical", "does_not_scale"): (
        "if we grew by {percent}, {process} would [break|not scale|fall apart]",
        "~ with {big} {documents} a {period}, Excel would not be enough",
        "if we opened a {place} in {city}, {people} might not cope",
    ),
    ("hypothetical", "lost_money"): (
        "if {process} failed, we could lose {money}",
        "~ a mistake in {work} might cost us {money}",
        "if {documents} were late, we would lose customers in {country}",
    ),
    ("hypothetical", "new_leader"): (
        "if we get a new {boss} {soon}, that may change",
        "~ a new {boss} might want {tool}",
    ),
    ("hypothetical", "funding"): (
        "if we raise money {soon}, we could buy this",
        "if the investors agree {soon}, we might have {money}",
    ),
    ("past", "excel"): (
        "~ we used to keep {work} in Excel",
        "until {month} {people} did {process} in Excel",
        "~ {work} were in Excel before we got {tool}",
        "years ago {team} had {work} in Excel",
    ),
    ("past", "manual_work"): (
        "~ we used to do {process} by hand",
        "~ {people} used to type {documents} in by hand",
        "before {tool} we copied {work} every {period}",
    ),
    ("past", "slow_process"): (
        "~ {process} used to take {days}",
        "before {month} a {document} took {days}",
    ),
    ("past", "price"): (
        "~ {vendor} was too expensive for us {recently}",
        "~ we used to pay {money} for {tool}",
    ),
    ("other_party", "excel"): (
        "~ one of our clients has {work} in Excel",
        "our partner {company} still does {process} in Excel",
        "a friend at {company} keeps {work} in Excel",
    ),
    ("other_party", "errors_rework"): (
        "~ one of our clients had mistakes in {work}",
        "our supplier in {city} sends wrong {documents} every {period}",
        "at {company} they had to redo {work} {recently}",
    ),
    ("other_party", "regulation_audit"): (
        "~ one of our clients had an audit {recently}",
        "{company} failed an audit {recently}, but not us",
    ),
    ("other_party", "new_leader"): (
        "~ one of our customers has a new {boss}",
        "{company} has a new {boss} {since}",
    ),
    ("fact", ""): (
        "~ we are in {industry}, with {number} [stores|sites|plants|offices] in {country}",
        "our main {place} is in {city}",
        "~ we sell to {industry} and {industry} companies",
        "{team} sits in {city} and {people} in {city}",
        "~ we started [the company|in {country}|with {industry}] {number} years ago",
        "~ most of our customers are in {country} and {country}",
        "we work from {clock} to {clock}, {weekday} to {weekday}",
        "{name} and {name} look after {documents} here",
        "~ {month} is always our busiest month in {industry}",
        "~ our fiscal year ends in {month}(, by the way)",
        "there are {number} people in {team}",
        "we deliver to {country} and {country} every {weekday}",
    ),
    ("smalltalk", ""): (
        "I'm [fine|good|well|doing great], thanks {name}, and you?",
        "it's [raining|snowing|sunny|cold|warm] in {city} (today)",
        "~ the weekend in {city} was {sentiment}",
        "I just came back from {country} on {weekday}",
        "yes, I can hear you [well|fine|clearly], {name}",
        "sorry, I was on mute, {name}",
        "hello {name}, nice to meet you too",
        "good {daytime} {name}, [thanks|thank you] for calling",
    ),
    ("answer", "yes"): (
        "yes, exactly", "yes", "exactly", "yes, that's right", "that's right(, {name})",
        "yes, (exactly) {name}", "correct(, {name})", "yes, unfortunately(, {name})",
        "yes, that is true(, {name})", "absolutely(, {name})", "yes, [sadly|of course|indeed]",
    ),
    ("answer", "no"): (
        "no(, {name})", "no, not really(, {name})", "not at all(, {name})", "no, not at the moment(, {name})",
        "not yet(, {name})", "no, [never|not now|thank you]", "I don't think so(, {name})",
    ),
    ("answer", "ok"): (
        "okay(, {name})", "sure(, {name})", "{sentiment}, thanks (, {name})", "I see(, {name})",
        "that sounds {sentiment}(, {name})", "good to know(, {name})", "let me think about {topic}",
        "I'm not sure about {topic}", "that's a good question about {topic}(, {name})",
    ),
    ("closing", ""): (
        "thanks {name}, talk to you on {weekday}", "thank you (very much) {name}, goodbye",
        "{sentiment}, see you on {weekday}", "bye {name}, have a {sentiment} {daytime}",
        "okay {name}, I'll wait for your [mail|offer|message] on {weekday}, bye",
    ),
}
