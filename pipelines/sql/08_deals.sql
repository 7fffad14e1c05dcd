-- Grain: one deal of the CRM file. Key: deal_id. Blank stays NULL: unknown, never zero.
CREATE TABLE IF NOT EXISTS deals (
    deal_id        VARCHAR PRIMARY KEY,
    outcome        VARCHAR NOT NULL,
    name           VARCHAR,
    account_id     VARCHAR,
    owner          VARCHAR,
    amount         DOUBLE,
    currency       VARCHAR,
    created_on     DATE,
    closed_on      DATE,
    first_call_on  DATE
);

-- Grain: one attribute column of one deal. Key: deal_id, attribute. value NULL: blank.
CREATE TABLE IF NOT EXISTS deal_attributes (
    deal_id    VARCHAR NOT NULL,
    attribute  VARCHAR NOT NULL,
    value      VARCHAR,
    PRIMARY KEY (deal_id, attribute)
);
