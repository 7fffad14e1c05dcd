"""Models that icp-voice uses, speech and sentences: which there are, where they lie, are they whole."""
