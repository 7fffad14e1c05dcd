-- Grain: one analysed call of a known deal. Key: call_id.
-- call_number: 1 is the deal's first call by day, then by time where it is known, then by name.
-- A call without a day may be any of them: it has no number, unless it is the deal's only call.
-- position: the same order over all calls, those without a day last. Poor calls keep their number, so
-- a deal whose first call is poor is unknown and not judged by its second (see evidence_calls).
CREATE OR REPLACE VIEW numbered_calls AS
WITH ordered AS (
    SELECT
        c.call_id,
        c.call,
        c.grade,
        m.deal_id,
        m.called_on,
        row_number() OVER (
            PARTITION BY m.deal_id
            ORDER BY m.called_on NULLS LAST, m.started_at NULLS LAST, c.call, c.call_id
        ) AS position,
        count(*) OVER (PARTITION BY m.deal_id) AS n_calls
    FROM calls AS c
    JOIN call_deals AS m USING (call_id)
    JOIN deals USING (deal_id)
)
SELECT
    call_id,
    call,
    grade,
    deal_id,
    called_on,
    CASE WHEN called_on IS NOT NULL OR n_calls = 1 THEN position END AS call_number,
    position
FROM ordered;
