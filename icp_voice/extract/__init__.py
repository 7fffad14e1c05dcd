"""Turns become signals and stakeholders: patterns, context, dialogue, classifier."""
