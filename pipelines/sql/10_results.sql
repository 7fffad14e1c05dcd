-- Grain: one trait in the latest evidence table. Key: trait.
-- Cells are closed deals; p, q and stability are in [0, 1]; odds ratios are without unit.
CREATE TABLE IF NOT EXISTS findings (
    trait                 VARCHAR PRIMARY KEY,
    register              VARCHAR NOT NULL,
    present_won           INTEGER NOT NULL,
    present_lost          INTEGER NOT NULL,
    absent_won            INTEGER NOT NULL,
    absent_lost           INTEGER NOT NULL,
    unknown               INTEGER NOT NULL,
    p_value               DOUBLE,
    p_stratified          DOUBLE,
    q_value               DOUBLE,
    p_max_t               DOUBLE,
    odds_ratio            DOUBLE,
    odds_ratio_shrunken   DOUBLE,
    interval_90_low       DOUBLE,
    interval_90_high      DOUBLE,
    stability             DOUBLE,
    verdict               VARCHAR NOT NULL,
    reasons               VARCHAR[] NOT NULL
);

-- Grain: one criterion of the latest proposal. Key: trait.
CREATE TABLE IF NOT EXISTS icp_criteria (
    position       INTEGER NOT NULL,
    trait          VARCHAR PRIMARY KEY,
    kind           VARCHAR NOT NULL,
    statement      VARCHAR NOT NULL,
    points         INTEGER NOT NULL,
    folded_traits  VARCHAR[] NOT NULL,
    caveats        VARCHAR[] NOT NULL
);

-- Grain: one deal's score. Key: deal_id. score, low, high in [0, 100].
CREATE TABLE IF NOT EXISTS scores (
    deal_id      VARCHAR PRIMARY KEY,
    score        INTEGER NOT NULL,
    low          INTEGER NOT NULL,
    high         INTEGER NOT NULL,
    tier         VARCHAR NOT NULL,
    n_unknown    INTEGER NOT NULL,
    excluded_by  VARCHAR[] NOT NULL
);

-- Grain: the latest analysis as a whole (one row), so that a rerun with nothing new only reads.
-- fingerprint: hash of every input, parameter and version it rests on.
CREATE TABLE IF NOT EXISTS analyses (
    fingerprint  VARCHAR PRIMARY KEY,
    analysis     VARCHAR NOT NULL
);
