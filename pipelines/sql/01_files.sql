-- Grain: one file seen in the workspace's folders. Key: path (relative to the workspace).
-- Spares a rerun from reading every file again: size and modification time unchanged, same content.
-- Units: size_bytes bytes, mtime_ns nanoseconds since 1970.
CREATE TABLE IF NOT EXISTS files (
    path        VARCHAR PRIMARY KEY,
    size_bytes  BIGINT NOT NULL,
    mtime_ns    BIGINT NOT NULL,
    sha256      VARCHAR NOT NULL
);
