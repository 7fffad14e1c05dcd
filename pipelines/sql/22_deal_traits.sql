-- Grain: one trait of one call of one deal, said at least once or not at all. Key: call_id, trait.
-- value: 1 heard, 0 the call was usable and it was not heard. A deal without a usable call has no
-- row: unknown. known_at: the day of the call. call_number: as in numbered_calls; a call that has
-- none there counts as a later one, never as the first.
-- Dense over calls and traits, so that "not heard" and "not recorded" stay apart.
CREATE OR REPLACE VIEW deal_traits AS
WITH usable AS (
    SELECT * FROM numbered_calls SEMI JOIN evidence_calls USING (call_id)
),
heard AS (
    SELECT DISTINCT call_id, trait FROM observations
),
traits AS (
    SELECT DISTINCT trait FROM heard SEMI JOIN usable USING (call_id)
)
SELECT
    u.deal_id,
    t.trait,
    CAST(h.call_id IS NOT NULL AS TINYINT) AS value,
    u.called_on AS known_at,
    u.call_id,
    coalesce(u.call_number, u.position + 1) AS call_number
FROM usable AS u
CROSS JOIN traits AS t
LEFT JOIN heard AS h ON h.call_id = u.call_id AND h.trait = t.trait;
