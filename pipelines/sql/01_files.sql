-- Grain: one file seen in the workspace's folders. Key: path (relative to the workspace).
-- Spares a rerun from reading every file again: size and modification time unchanged, same content.
-- call_id: the call the file belongs to; duration_s: as its header tells it, where it was asked.
-- Units: size_bytes bytes, mtime_ns nanoseconds since 1970, duration_s seconds.
CREATE TABLE IF NOT EXISTS files (
    path        VARCHAR PRIMARY KEY,
    size_bytes  BIGINT NOT NULL,
    mtime_ns    BIGINT NOT NULL,
    sha256      VARCHAR NOT NULL
);

-- Stores made before these columns get them here.
ALTER TABLE files ADD COLUMN IF NOT EXISTS call_id VARCHAR;
ALTER TABLE files ADD COLUMN IF NOT EXISTS duration_s DOUBLE;
