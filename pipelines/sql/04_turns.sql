-- Grain: one person speaking without a break. Key: call_id, turn (from 0).
-- Units: seconds from the start of the recording.
CREATE TABLE IF NOT EXISTS turns (
    call_id          VARCHAR NOT NULL,
    turn             INTEGER NOT NULL,
    speaker          VARCHAR NOT NULL,
    side             VARCHAR NOT NULL,
    side_confidence  DOUBLE NOT NULL,
    start_s          DOUBLE NOT NULL,
    end_s            DOUBLE NOT NULL,
    language         VARCHAR NOT NULL,
    text             VARCHAR NOT NULL,
    PRIMARY KEY (call_id, turn)
);

-- Grain: one piece of recognised text judged not to be speech. Key: call_id, channel, start_s.
CREATE TABLE IF NOT EXISTS dropped (
    call_id  VARCHAR NOT NULL,
    channel  INTEGER NOT NULL,
    start_s  DOUBLE NOT NULL,
    end_s    DOUBLE NOT NULL,
    text     VARCHAR NOT NULL,
    reason   VARCHAR NOT NULL
);

-- Grain: one person on a call as the transcript names them. Key: call_id, position.
CREATE TABLE IF NOT EXISTS participants (
    call_id   VARCHAR NOT NULL,
    position  INTEGER NOT NULL,
    name      VARCHAR NOT NULL,
    side      VARCHAR NOT NULL,
    title     VARCHAR,
    email     VARCHAR,
    PRIMARY KEY (call_id, position)
);
