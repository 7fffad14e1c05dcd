-- Grain: one trait heard at one place of one call. Not unique: a trait may be heard twice.
-- Only what the buyer asserts counts; see the taxonomy. start_s, end_s: seconds.
CREATE OR REPLACE VIEW observations AS
SELECT call_id, kind || '/' || topic AS trait, turn, speaker, quote, start_s, end_s, confidence
FROM signals
WHERE side = 'buyer' AND status = 'asserted'
UNION ALL
SELECT
    s.call_id,
    unnest(list_filter(
        [
            'stakeholder/' || s.role || '/' || s.presence,
            CASE WHEN s.level <> 'unknown' AND s.presence = 'present'
                THEN 'stakeholder/' || s.role || '/' || s.level || '/present' END,
            CASE WHEN s."function" <> '' THEN 'stakeholder/' || s.role || '/' || s."function" END
        ],
        lambda t: t IS NOT NULL
    )) AS trait,
    coalesce(said.turn, spoke.turn) AS turn,
    coalesce(said.speaker, spoke.speaker, s.name, '') AS speaker,
    coalesce(s.quote, spoke.text) AS quote,
    coalesce(s.start_s, said.start_s, spoke.start_s) AS start_s,
    coalesce(said.end_s, spoke.end_s) AS end_s,
    1.0 AS confidence
FROM stakeholders AS s
LEFT JOIN LATERAL (
    SELECT turn, speaker, start_s, end_s FROM turns
    WHERE turns.call_id = s.call_id AND s.quote IS NOT NULL AND contains(turns.text, s.quote)
    ORDER BY turn LIMIT 1
) AS said ON true
LEFT JOIN participants AS p ON p.call_id = s.call_id AND p.name = s.name
LEFT JOIN LATERAL (
    -- Known from the attendee list only: show where this person names the title, else speaks first.
    SELECT turn, speaker, start_s, end_s, text FROM turns
    WHERE turns.call_id = s.call_id AND s.quote IS NULL AND turns.speaker = s.name
    ORDER BY contains(lower(text), lower(regexp_extract(coalesce(p.title, '?'), '\S+$'))) DESC, turn
    LIMIT 1
) AS spoke ON true
UNION ALL
SELECT
    tm.call_id,
    'theme/' || tm.theme_id AS trait,
    tm.turn,
    coalesce(t.speaker, '') AS speaker,
    tm.text AS quote,
    tm.start_s,
    tm.end_s,
    tm.similarity AS confidence
FROM theme_members AS tm
LEFT JOIN turns AS t ON t.call_id = tm.call_id AND t.turn = tm.turn;
