"""The slot words of the grammar: all that varies within a sentence."""

from __future__ import annotations

SLOTS: dict[str, tuple[str, ...]] = {
    "industry": (
        "logistics", "manufacturing", "retail", "healthcare", "construction", "insurance",
        "banking", "software", "energy", "food", "furniture", "education", "travel",
        "automotive", "packaging", "chemicals", "telecom", "real estate",
    ),
    "city": (
        "Berlin", "Warsaw", "London", "Dublin", "Madrid", "Vienna", "Prague", "Chicago",
        "Boston", "Denver", "Lisbon", "Oslo",
    ),
    "country": (
        "Germany", "Poland", "France", "Spain", "Canada", "Sweden", "Italy", "Ireland",
    ),
    "company": (
        "Harbor Foods", "Delta Freight", "Green Valley", "Silver Line", "Atlas Group",
        "Summit Retail", "River Bank", "Orion Parts", "Pioneer Steel", "Maple Health",
    ),
    "vendor": ("Planora", "Tallyford", "Mercavo", "Brightledger", "Opsline", "Nordwick"),
    "name": (
        "Anna", "Mark", "Peter", "Sarah", "David", "Maria", "James", "Laura", "Tom", "Julia",
        "Robert", "Emma", "Daniel", "Helen", "Victor", "Paul", "Kate", "Simon",
    ),
    "tool": (
        "Salesforce", "SAP", "HubSpot", "Google Sheets", "Excel", "Oracle", "QuickBooks",
        "Power BI", "Slack", "SharePoint", "our own system", "an old system",
    ),
    "system": (
        "Salesforce", "SAP", "HubSpot", "Oracle", "our warehouse system", "our accounting system",
        "our ERP", "our CRM", "the billing system", "the data warehouse",
    ),
    "team": (
        "the sales team", "the finance team", "the operations team", "the warehouse team",
        "the support team", "the planning team", "the marketing team", "the purchasing team",
    ),
    "people": (
        "my team", "our planners", "our analysts", "our accountants", "our managers",
        "our dispatchers", "our sales people", "our engineers", "the warehouse people",
        "our buyers", "the girls in the office", "our controllers",
    ),
    "one_person": (
        "one person", "one of our analysts", "my assistant", "our controller", "a colleague",
        "somebody in finance", "one of our planners",
    ),
    "work": (
        "the orders", "the reports", "the invoices", "the forecast", "the schedule",
        "the price lists", "the stock levels", "the delivery plan", "the budgets",
        "the customer data", "the purchase orders", "the contracts", "the monthly figures",
    ),
    "document": (
        "report", "invoice", "order", "quote", "forecast", "contract", "schedule", "price list",
        "delivery note", "budget",
    ),
    "documents": (
        "reports", "invoices", "orders", "quotes", "forecasts", "contracts", "deliveries",
        "price lists", "shipments", "tickets",
    ),
    "process": (
        "planning", "reporting", "forecasting", "invoicing", "ordering", "onboarding",
        "scheduling", "pricing", "purchasing", "the month end closing", "approvals",
    ),
    "small": ("two", "three", "four", "five", "six", "seven", "eight", "nine", "ten"),
    "number": (
        "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven",
        "twelve", "fifteen", "twenty", "thirty", "forty", "fifty", "sixty", "eighty",
    ),
    "big": (
        "two hundred", "three hundred", "four hundred", "five hundred", "six hundred",
        "eight hundred", "a thousand", "two thousand", "three thousand", "five thousand",
        "ten thousand", "twenty thousand",
    ),
    "money": (
        "ten thousand euros", "twenty thousand dollars", "fifty thousand euros",
        "eighty thousand dollars", "a hundred thousand euros", "two hundred thousand dollars",
        "half a million", "a million dollars", "thirty thousand euros", "two million euros",
        "forty thousand pounds", "fifteen thousand dollars",
    ),
    "percent": (
        "five percent", "ten percent", "fifteen percent", "twenty percent", "thirty percent",
        "forty percent", "half", "a third", "a quarter",
    ),
    "hours": (
        "two hours", "three hours", "four hours", "five hours", "six hours", "eight hours",
        "ten hours", "twelve hours", "half a day", "a whole day", "two days", "three days",
    ),
    "days": (
        "two days", "three days", "four days", "five days", "a week", "ten days", "two weeks",
        "three weeks", "a month", "six weeks",
    ),
    "period": ("week", "month", "quarter", "year"),
    "months_span": (
        "three months", "six months", "two months", "a year", "two years", "eight months",
        "nine months", "four months",
    ),
    "weekday": ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday"),
    "daytime": ("morning", "afternoon", "evening"),
    "clock": (
        "nine", "ten", "eleven", "twelve", "one o'clock", "two o'clock", "three o'clock",
        "four o'clock",
    ),
    "month": (
        "January", "February", "March", "April", "May", "June", "July", "August", "September",
        "October", "November", "December",
    ),
    "season": ("spring", "summer", "autumn", "winter"),
    "quarter": (
        "the first quarter", "the second quarter", "the third quarter", "the fourth quarter",
        "next quarter", "next year", "this year",
    ),
    "since": (
        "since January", "since March", "since May", "since September", "since the summer",
        "since last year", "since last month", "for two months now", "for half a year now",
    ),
    "recently": (
        "last month", "last week", "last quarter", "this spring", "in March", "in June",
        "in September", "in October", "two months ago", "three weeks ago", "this summer",
    ),
    "soon": (
        "next month", "next quarter", "next year", "in January", "in April", "in May",
        "this winter", "in the spring", "before the summer", "by the end of the year",
    ),
    "role": (
        "CTO", "CFO", "COO", "CEO", "head of operations", "head of sales", "IT manager",
        "finance director", "sales director", "operations manager", "head of procurement",
        "product manager", "head of marketing", "general manager", "supply chain manager",
    ),
    "boss": (
        "CEO", "CFO", "COO", "CTO", "head of sales", "finance director", "operations director",
        "managing director", "head of IT",
    ),
    "we_use": ("we use", "we work with", "we run on", "we have"),
    "bad": ("painful", "a nightmare", "a mess", "a real problem", "very hard", "frustrating",
            "exhausting"),
    "tail": (
        "to be honest", "really", "at the moment", "right now", "every single day", "I'm afraid",
        "these days", "you know", "as you can imagine",
    ),
    "place": (
        "warehouse", "plant", "office", "store", "factory", "branch", "distribution center",
        "showroom",
    ),
    "topic": (
        "planning", "reporting", "data", "the rollout", "the integration", "the contract",
        "security", "pricing", "the pilot", "forecasting", "inventory", "your team",
    ),
    "benefit": (
        "save time", "close the month faster", "see your stock", "plan better",
        "reduce mistakes", "grow without new people", "share one version of the numbers",
        "answer customers faster", "cut manual work",
    ),
    "feature": (
        "the dashboard", "the mobile app", "the forecast view", "the approval flow",
        "the import tool", "the report builder", "the audit log", "the planning board",
    ),
    "sentiment": ("great", "perfect", "good", "fine", "lovely", "wonderful", "interesting"),
}
