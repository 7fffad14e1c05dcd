-- Grain: one call as the program matches it to a deal by itself. Key: call_id.
-- deal_id NULL: listed as unmatched, never guessed. confidence is a share in [0, 1].
-- What counts is the view call_deals, in which people's decisions go first.
CREATE TABLE IF NOT EXISTS matches (
    call_id     VARCHAR PRIMARY KEY,
    deal_id     VARCHAR,
    called_on   DATE,
    reason      VARCHAR NOT NULL,
    detail      VARCHAR NOT NULL,
    confidence  DOUBLE NOT NULL
);

-- Stores made before these columns get them here. started_at: day and time of the call, where the
-- time is known (wall clock, no zone). path: the file, relative to the workspace.
ALTER TABLE matches ADD COLUMN IF NOT EXISTS started_at TIMESTAMP;
ALTER TABLE matches ADD COLUMN IF NOT EXISTS path VARCHAR;

-- Grain: one deal that a call may belong to. Key: call_id, position (from 0, likeliest first).
CREATE TABLE IF NOT EXISTS match_candidates (
    call_id   VARCHAR NOT NULL,
    position  INTEGER NOT NULL,
    deal_id   VARCHAR NOT NULL,
    why       VARCHAR NOT NULL,
    PRIMARY KEY (call_id, position)
);

-- Grain: one decision of a person about a call; the newest of a call counts, none is ever changed.
-- Key: decision (from 1). choice: `deal` (deal_id), `no_deal`, or `undo` (as if never decided).
-- The call is known by its content, so a decision outlives a new name, a rerun and new deals.
CREATE TABLE IF NOT EXISTS match_decisions (
    decision    INTEGER PRIMARY KEY,
    call_id     VARCHAR NOT NULL,
    choice      VARCHAR NOT NULL CHECK (choice IN ('deal', 'no_deal', 'undo')),
    deal_id     VARCHAR,
    decided_at  TIMESTAMP NOT NULL
);
