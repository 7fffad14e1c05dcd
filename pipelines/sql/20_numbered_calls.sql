-- Grain: one analysed call of a known deal. Key: call_id.
-- call_number: 1 is the deal's first call by day, then by name. Poor calls keep their number, so a
-- deal whose first call is poor is unknown and not judged by its second (see evidence_calls).
CREATE OR REPLACE VIEW numbered_calls AS
SELECT
    c.call_id,
    c.call,
    c.grade,
    m.deal_id,
    m.called_on,
    row_number() OVER (
        PARTITION BY m.deal_id ORDER BY m.called_on NULLS LAST, c.call, c.call_id
    ) AS call_number
FROM calls AS c
JOIN matches AS m USING (call_id)
JOIN deals USING (deal_id);
