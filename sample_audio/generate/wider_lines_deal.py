"""Longer wording for the archive of transcripts: the purchase, the traps, and the seller."""

from __future__ import annotations

WIDER_DEAL: dict[tuple[str, str], tuple[str, ...]] = {
    ("objection", "price"): (
        "I'll be straight with you, {money} is a lot more than we had in mind",
        "that price is hard to swallow for a company like ours",
        "it's on the expensive side, if you ask me, for what we'd be using",
    ),
    ("objection", "timing"): (
        "it's just not the right moment, we've got too much going on until {month}",
        "could we pick this up again after {month}, we won't get to it before that",
        "I don't want to rush this, it's not a priority before {month}",
    ),
    ("objection", "authority"): (
        "it isn't up to me alone, I would have to get other people to agree first",
        "I'm not the one who signs, and it's hard to get anything past them",
        "I'd need the others to say yes first, I can't decide it alone",
    ),
    ("objection", "status_quo"): (
        "to be frank, what we have works well enough, I don't see the need",
        "we've managed without it so far, and it's fine the way it is",
    ),
    ("objection", "integration"): (
        "my worry is that it won't fit in with {system}, that has gone wrong before",
        "if it can't be connected with {system} then it's one more island for us",
    ),
    ("objection", "rollout_effort"): (
        "my worry is the effort, we can't have {team} tied up in a rollout for {months_span}",
        "the last software project took forever to implement, nobody here wants another one",
    ),
    ("objection", "adoption_risk"): (
        "I can buy whatever I like, {people} still won't use it",
        "half of {team} will go back to the old way as soon as nobody is looking",
    ),
    ("objection", "no_proof"): (
        "everyone promises that, I'd have to see it working at a company like ours",
        "what I'm missing is evidence, do you have hard numbers from {industry}",
    ),
    ("objection", "contract_terms"): (
        "a {small} year commitment is too long, our lawyers won't accept that",
        "we'd have to change the liability clause, we can't accept it as it is",
        "the notice period in the contract is a problem for us",
    ),
    ("objection", "competitor"): (
        "I'll be open, {vendor} made us the better offer",
        "the others liked {vendor} more, and {vendor} is cheaper too",
    ),
    ("competitor", "vendor"): (
        "you should know that we've got {vendor} in the running as well",
        "we saw a demo from {vendor} {recently}, that looked decent too",
    ),
    ("competitor", "build_in_house"): (
        "our developers keep saying they could build something like this themselves",
        "there is a camp here that wants to build it in house",
    ),
    ("process", "pilot"): (
        "could we do a trial with one {place} first, say for {days}?",
        "I'd want to start small, a pilot with {team}, before we roll anything out",
    ),
    ("process", "criteria"): (
        "what we're going to judge it by is {topic} and how easy it is for {people}",
        "the main criterion for us is that it's simple to use",
    ),
    ("process", "steps"): (
        "after this, procurement goes through the paperwork and then we sign",
        "the last steps on our side are the legal review and then the signature",
    ),
    ("process", "approval"): (
        "the order has to be approved by the board, they meet in {month}",
        "we've got the approval for it, so it's just paperwork from here",
    ),
    ("process", "next_step"): (
        "{weekday} {daytime} would work for me, send over an invite",
        "let's put something in the calendar for {weekday}",
    ),
    ("question", "price"): (
        "what are we looking at in terms of cost, for about {number} users?",
        "could you give me a ballpark figure, what would we be paying a year?",
        "how does the pricing work, is it by user or by site?",
    ),
    ("question", "security"): (
        "one thing our people will ask, where is the data hosted and who has access to it?",
        "how is the data protected, do you have any certificates?",
    ),
    ("question", "integration"): (
        "how would this connect with {system}, is there an interface?",
        "does it plug into {system} or do we have to build something?",
    ),
    ("question", "references"): (
        "is there somebody in {industry} who uses it already, somebody we could talk to?",
    ),
    ("question", "rollout"): (
        "how long does it usually take until everybody is up and running?",
        "what does the onboarding look like, how much of our time does it need?",
    ),
    ("question", "features"): (
        "can it do {process} on a phone as well, out in the {place}?",
        "does {feature} let you filter by {place}?",
    ),
    ("question", "support"): ("what happens if something breaks on a {weekday}, who do we call?",),
    ("question", "contract"): (
        "how long would we be tied in, and what's the notice period?",
        "who owns the data when the contract ends?",
    ),
    # traps: the same matters, not asserted of the buyer's own company now
    ("negated", "excel"): (
        "no, we got rid of Excel a while ago, that's all in {system} now",
        "it isn't in Excel, if that's what you mean, we moved off that",
    ),
    ("negated", "manual_work"): (
        "it's not manual, to be clear, {system} does all of that for us",
        "nobody has to type anything in, the orders arrive electronically",
    ),
    ("negated", "does_not_scale"): (
        "the size isn't a problem, {process} copes with the growth just fine",
        "no, it scales well enough, we could double without changing anything",
    ),
    ("negated", "no_visibility"): (
        "I can see {work} any time I like, that part is sorted",
        "we've got a good overview, there are screens in every {place}",
    ),
    ("negated", "new_leader"): (
        "no changes in management, it's the same people as five years ago",
        "we don't have a new {any_boss}, in case you read that somewhere",
    ),
    ("negated", "budget"): (
        "budget isn't the problem, the money is there",
        "we do have a budget for this, that was approved {recently}",
        "the money is set aside, so the budget is not an issue",
    ),
    ("hypothetical", "does_not_scale"): (
        "if we ever doubled in size, {process} might not keep up, but we're far from that",
        "should we win that big tender, our setup could become too small",
    ),
    ("hypothetical", "new_leader"): (
        "if a new {any_boss} came in one day, that could change, who knows",
        "it might be different if we had a new {any_boss}, but we don't",
    ),
    ("hypothetical", "no_visibility"): (
        "if we lost {system}, we would be flying blind, but it's never been down",
        "without {system} we might have no overview of {work}, luckily it's there",
    ),
    ("hypothetical", "budget"): (
        "if the year went badly, the budget might be cut, but there's no sign of that",
        "if we overspent on the new site, there might be no money left, but that's not the case",
        "suppose they froze the budget, then we'd have to wait, but nobody is talking about that",
    ),
    ("past", "excel"): (
        "up to {number} years ago it was all Excel, then we brought in {system}",
        "we used to run the whole thing in Excel, those days are over, thank goodness",
    ),
    ("past", "manual_work"): (
        "in the old days {people} used to type {documents} in by hand, not any more",
    ),
    ("past", "does_not_scale"): (
        "the old setup used to fall apart when it got busy, that was before {system}",
    ),
    ("past", "no_visibility"): (
        "we used to have no overview at all, until we got {system}",
        "before {system} we were flying blind, that has been solved",
    ),
    ("past", "budget"): (
        "last year we had no budget, that was a different story",
        "the budget used to be frozen, they have opened it up again",
        "in the past the money was never there, that changed with the last board meeting",
        "we used to have no budget for software, these days we do",
    ),
    ("other_party", "excel"): (
        "our sister company in {country} still does all of it in Excel, poor things",
        "a friend of mine at {company} runs {process} in Excel and hates it",
    ),
    ("other_party", "no_visibility"): (
        "one of our suppliers has no visibility at all, we hear that from them all the time",
        "our partner in {city} has no overview of {work}, they keep calling us",
    ),
    ("other_party", "does_not_scale"): (
        "I've seen it at {company}, their {process} didn't scale and they nearly went under",
    ),
    ("other_party", "new_leader"): (
        "a customer of ours has a new {any_boss}, so they're turning everything upside down",
        "over at {company} they got a new {any_boss}, I read that somewhere",
    ),
    ("other_party", "budget"): (
        "our parent has no budget left, but we have our own money",
        "one of our customers has no budget for anything this year, we're in a better place",
        "I hear from a friend at {company} that all their budgets are frozen",
    ),
    # talk without a signal
    ("fact", ""): (
        "we've been around for {number} years, mostly in {industry}",
        "we're based in {city}, with a smaller {place} in {country}",
        "most of what we do goes to customers in {country}",
        "I've been with the company for {number} years myself",
    ),
    ("smalltalk", ""): (
        "not too bad, thanks, a bit of a busy {weekday}, but who am I telling",
        "all good here, it's been raining in {city} all week",
        "I'm well, thanks, just got back from holiday in {country}",
    ),
    ("smalltalk", "later"): (
        "hi {name}, good to hear you",
        "hello {name}, all well here, thanks",
        "hi again, {name}, busy {weekday} but I'm here",
        "hello, sorry for being late, the last meeting ran over",
    ),
    ("pushback", ""): (
        "okay, but I've heard that before, go on",
        "we'll see about that",
        "hm, I'm listening",
        "that's what they all say, no offence",
        "right, let's see it first",
    ),
    ("filler", ""): (
        "mhm", "right", "okay", "sure, go ahead", "yeah, I follow", "makes sense", "got you",
    ),
    ("closing", ""): (
        "alright, thanks a lot, {name}, speak soon",
        "great, that was useful, bye for now",
        "thanks for taking the time, have a good {weekday}",
    ),
}  # fmt: skip

WIDER_SELLER: dict[tuple[str, str], tuple[str, ...]] = {
    ("greeting", ""): (
        "hi {name}, good to have you on, can you hear me alright?",
        "hello {name}, thanks for making the time, I know it's a busy week",
        "hey {name}, nice to finally meet you",
    ),
    ("greeting", "later"): (
        "hi {name}, good to see you again",
        "hello {name}, thanks for the follow up",
        "hey {name}, let's pick up where we left off",
        "good {daytime}, {name}, last time we talked about {topic}",
    ),
    ("seller_question", "later"): (
        "where are we on {topic}, from your side?",
        "anything new since we last spoke?",
        "did you get a chance to talk about it internally?",
        "what else came up on your side?",
        "what would you like to go through first?",
        "how did the team take it?",
    ),
    ("intro", "agenda"): (
        "what I'd suggest is that you tell me a bit about how things work today, and then I show "
        "you two or three things, does that sound okay?",
        "I've put half an hour aside, I'd mostly like to listen and understand your world first",
        "so that we use the time well, I've got a handful of questions, and then it's your turn",
    ),
    ("seller_question", "open"): (
        "so tell me, how does {process} work on your side today?",
        "walk me through a typical {weekday}, who does what?",
        "what made you take this call?",
        "and what would you change first if you could?",
        "anything else that keeps you up at night?",
    ),
    ("seller_question", "present"): (
        "who else is with us today?",
        "could you introduce yourselves, just so I know who's who?",
    ),
    ("asked", "excel"): (
        "so would you say it's all in Excel?",
        "let me guess, that's a big Excel file somewhere?",
    ),
    ("asked", "manual_work"): (
        "and is that manual, somebody typing it in by hand?",
        "so somebody copies that over by hand, I suppose?",
    ),
    ("asked", "does_not_scale"): (
        "has {process} hit its limits with the growth?",
        "have you outgrown the setup you have?",
    ),
    ("asked", "no_visibility"): (
        "are you in the dark about {work}?",
        "is it a black box for management, {process}?",
    ),
    ("asked", "new_leader"): (
        "I saw there's a new {any_boss} at your place, is that what is behind it?",
        "did you get a new {any_boss} recently?",
    ),
    ("asked", "budget"): (
        "is the budget a problem?",
        "is it the money, has the budget been cut?",
    ),
    ("other_party", "pain"): (
        "we have a client in {industry} who had everything in Excel and couldn't see anything",
        "one of our customers did all of that by hand before, {hours} a week",
        "a customer in {country} told us they had no budget at first either",
        "at {company} it started with a new {any_boss}, by the way",
        "another client simply outgrew their old setup",
    ),
    ("pitch", "wide"): (
        "what Clearpath does is bring planning, stock and orders together on one screen",
        "our own CTO can join the next call if that helps with the technical side",
        "most teams are live within {months_span}, and we stay with you during that time",
        "you'd see the plan, the actuals and the gaps next to each other",
        "that's exactly the kind of thing {feature} was made for",
    ),
    ("pitch", "answer"): (
        "good question, the short answer is yes, and I'll show you in a minute",
        "it depends a bit on the setup, I'll send you the details in writing",
        "that is covered, we do it for customers in {industry} all the time",
        "fair point, let me come back to you on that with our engineers",
    ),
    ("pitch", "reassure"): (
        "I hear you, and I won't push, let's see what makes sense for you",
        "understood, thanks for being open about it",
        "fair enough, that helps me to know",
    ),
    ("answer", "ack"): (
        "okay, thanks, that helps a lot", "right, I hear that quite often", "makes sense",
        "understood", "I see", "gotcha", "okay, noted",
    ),
    ("closing", ""): (
        "brilliant, thanks for your time everybody, talk soon",
        "thanks {name}, I'll send a summary round, have a good one",
    ),
}  # fmt: skip
