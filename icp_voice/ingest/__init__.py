"""Find what comes in: recordings, transcripts, deals, and which call belongs to which deal."""
