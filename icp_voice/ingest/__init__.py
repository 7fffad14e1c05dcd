"""Files in: recordings, transcripts, deals and calls, and which call belongs to which deal."""
