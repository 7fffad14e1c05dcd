"""Buyer lines that say much the same, grouped by sentence embeddings."""
