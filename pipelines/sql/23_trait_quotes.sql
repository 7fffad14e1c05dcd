-- Grain: the best few places where a trait was heard in a first call. Key: trait, rank (from 1).
-- Won deals first, then the surest detection; one quote a deal.
CREATE OR REPLACE VIEW trait_quotes AS
WITH best AS (
    SELECT
        o.trait, n.call_id, n.call, n.deal_id, d.outcome,
        o.speaker, o.quote, o.start_s, o.end_s, o.confidence,
        row_number() OVER (
            PARTITION BY o.trait, n.deal_id ORDER BY o.confidence DESC, o.start_s, o.quote
        ) AS in_deal
    FROM observations AS o
    JOIN numbered_calls AS n USING (call_id)
    JOIN evidence_calls USING (call_id)
    JOIN deals AS d USING (deal_id)
    WHERE n.call_number = 1 AND o.quote IS NOT NULL
)
SELECT
    * EXCLUDE (in_deal),
    row_number() OVER (
        PARTITION BY trait
        ORDER BY (outcome = 'won') DESC, (outcome = 'lost') DESC, confidence DESC,
            deal_id, call_id, start_s
    ) AS rank
FROM best
WHERE in_deal = 1;
