-- Grain: one thing said at one place. Key: call_id, signal (from 0).
-- confidence is a share in [0, 1]; start_s and end_s are seconds from the start of the recording.
CREATE TABLE IF NOT EXISTS signals (
    call_id     VARCHAR NOT NULL,
    signal      INTEGER NOT NULL,
    kind        VARCHAR NOT NULL,
    topic       VARCHAR NOT NULL,
    status      VARCHAR NOT NULL,
    side        VARCHAR NOT NULL,
    speaker     VARCHAR NOT NULL,
    quote       VARCHAR NOT NULL,
    turn        INTEGER NOT NULL,
    start_s     DOUBLE NOT NULL,
    end_s       DOUBLE NOT NULL,
    language    VARCHAR NOT NULL,
    elicited    BOOLEAN NOT NULL,
    confidence  DOUBLE NOT NULL,
    detector    VARCHAR NOT NULL,
    PRIMARY KEY (call_id, signal)
);
