-- Grain: the store as a whole (one row). include_poor: poor calls were asked for ([evidence]
-- include_poor in the settings, or --include-poor), as of the latest analysis.
CREATE TABLE IF NOT EXISTS evidence_settings (
    include_poor  BOOLEAN NOT NULL
);

-- Grain: one call that may count as evidence. Key: call_id. Themes, traits, quotes and signals of
-- deals all go through this view. Poor calls are left out unless asked for: a cut transcript reads
-- as "trait absent".
CREATE OR REPLACE VIEW evidence_calls AS
SELECT call_id
FROM calls
WHERE grade <> 'poor' OR coalesce((SELECT bool_or(include_poor) FROM evidence_settings), false);
