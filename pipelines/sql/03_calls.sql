-- Grain: one call, known by its content. Key: call_id (first 16 hex digits of the file's sha256).
-- Units: durations in seconds, coverage and side_confidence shares in [0, 1],
-- mean_log_probability in nats a token. started_at: when the call began by the file itself, where it
-- tells that (wall clock, no zone).
CREATE TABLE IF NOT EXISTS calls (
    call_id               VARCHAR PRIMARY KEY,
    sha256                VARCHAR NOT NULL,
    call                  VARCHAR NOT NULL,
    path                  VARCHAR NOT NULL,
    kind                  VARCHAR NOT NULL,
    size_bytes            BIGINT NOT NULL,
    duration_s            DOUBLE NOT NULL,
    channels              INTEGER NOT NULL,
    languages             VARCHAR[] NOT NULL,
    model                 VARCHAR NOT NULL,
    partial               BOOLEAN NOT NULL,
    speech_s              DOUBLE,
    transcribed_s         DOUBLE NOT NULL,
    coverage              DOUBLE,
    characters_per_minute DOUBLE NOT NULL,
    mean_log_probability  DOUBLE,
    side_confidence       DOUBLE NOT NULL,
    grade                 VARCHAR NOT NULL,
    grade_reasons         VARCHAR[] NOT NULL
);

-- Stores made before these columns get them here.
ALTER TABLE calls ADD COLUMN IF NOT EXISTS title VARCHAR;
ALTER TABLE calls ADD COLUMN IF NOT EXISTS started_at TIMESTAMP;
