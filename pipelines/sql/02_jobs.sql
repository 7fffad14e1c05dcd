-- Grain: one stage done (or failed) for one input. Key: stage, input_key.
-- A stage is run again when its parameters_hash differs from the one kept here.
CREATE TABLE IF NOT EXISTS jobs (
    stage            VARCHAR NOT NULL,
    input_key        VARCHAR NOT NULL,
    parameters_hash  VARCHAR NOT NULL,
    status           VARCHAR NOT NULL CHECK (status IN ('done', 'failed')),
    error            VARCHAR,
    PRIMARY KEY (stage, input_key)
);
