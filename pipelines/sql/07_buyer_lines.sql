-- Grain: one buyer sentence that themes are clustered from. Key: call_id, line (from 0).
CREATE TABLE IF NOT EXISTS buyer_lines (
    call_id   VARCHAR NOT NULL,
    line      INTEGER NOT NULL,
    turn      INTEGER NOT NULL,
    start_s   DOUBLE NOT NULL,
    end_s     DOUBLE NOT NULL,
    language  VARCHAR NOT NULL,
    text      VARCHAR NOT NULL,
    PRIMARY KEY (call_id, line)
);

-- Grain: one text embedded by one model. Key: model, text_sha256. vector: float32, L2-normalised.
CREATE TABLE IF NOT EXISTS embeddings (
    model        VARCHAR NOT NULL,
    text_sha256  VARCHAR NOT NULL,
    vector       FLOAT[] NOT NULL,
    PRIMARY KEY (model, text_sha256)
);
