"""Findings become criteria, points, tiers and scores."""
