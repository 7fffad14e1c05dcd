-- Grain: one call and the deal it counts for. Key: call_id.
-- A person's newest decision goes before whatever the program matched. waits: somebody should look
-- at it: no deal or several, a decision for a deal that is gone, or a weak reason (confidence below
-- 0.7, see ingest/matching.py).
CREATE OR REPLACE VIEW call_deals AS
WITH newest AS (
    SELECT call_id, choice, deal_id
    FROM match_decisions
    QUALIFY row_number() OVER (PARTITION BY call_id ORDER BY decision DESC) = 1
),
decided AS (
    SELECT n.call_id, n.choice, n.deal_id, d.deal_id IS NOT NULL AS known
    FROM newest AS n
    LEFT JOIN deals AS d ON d.deal_id = n.deal_id
    WHERE n.choice <> 'undo'
),
joined AS (
    SELECT
        m.call_id,
        CASE
            WHEN d.choice IS NULL THEN m.deal_id
            WHEN d.known THEN d.deal_id
        END AS deal_id,
        m.called_on,
        CASE WHEN d.choice IS NULL THEN m.reason ELSE 'decision' END AS reason,
        CASE
            WHEN d.choice IS NULL THEN m.detail
            WHEN d.choice = 'no_deal' THEN 'you said that it belongs to no deal'
            WHEN d.known THEN 'you said ' || d.deal_id
            ELSE 'you said ' || d.deal_id || ', which is no longer among the deals'
        END AS detail,
        CASE
            WHEN d.choice IS NULL THEN m.confidence
            WHEN d.choice = 'no_deal' OR d.known THEN 1.0
            ELSE 0.0
        END AS confidence,
        m.started_at,
        coalesce(m.path, '') AS path
    FROM matches AS m
    LEFT JOIN decided AS d USING (call_id)
)
SELECT *, confidence < 0.7 AS waits
FROM joined;
