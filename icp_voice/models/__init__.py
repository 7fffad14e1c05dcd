"""Models for speech and for sentences: which there are, where they lie, whether they are whole."""
