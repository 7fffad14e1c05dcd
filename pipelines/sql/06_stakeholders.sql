-- Grain: one role of the buyer's side on one call. Key: call_id, stakeholder (from 0).
-- presence: `present` or `mentioned`; function is empty where nothing was said of it.
CREATE TABLE IF NOT EXISTS stakeholders (
    call_id      VARCHAR NOT NULL,
    stakeholder  INTEGER NOT NULL,
    role         VARCHAR NOT NULL,
    level        VARCHAR NOT NULL,
    presence     VARCHAR NOT NULL,
    "function"   VARCHAR NOT NULL,
    name         VARCHAR,
    quote        VARCHAR,
    start_s      DOUBLE,
    PRIMARY KEY (call_id, stakeholder)
);
