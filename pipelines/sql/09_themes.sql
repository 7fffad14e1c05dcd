-- Grain: one theme. Key: theme_id, never used again for another theme. stability: share in [0, 1].
CREATE TABLE IF NOT EXISTS themes (
    theme_id   VARCHAR PRIMARY KEY,
    label      VARCHAR NOT NULL,
    medoid     VARCHAR NOT NULL,
    n_calls    INTEGER NOT NULL,
    n_deals    INTEGER NOT NULL,
    stability  DOUBLE NOT NULL
);

-- Grain: one buyer line of one theme. Key: theme_id, call_id, turn, text. similarity: cosine.
CREATE TABLE IF NOT EXISTS theme_members (
    theme_id    VARCHAR NOT NULL,
    call_id     VARCHAR NOT NULL,
    turn        INTEGER NOT NULL,
    start_s     DOUBLE NOT NULL,
    end_s       DOUBLE NOT NULL,
    language    VARCHAR NOT NULL,
    text        VARCHAR NOT NULL,
    similarity  DOUBLE NOT NULL
);
