"""Facts of Thai and English text, as values that can be compared across the languages. Pure functions."""

RULES = "3"
"""The version of the rules in this package and in `pipeline.steps.check`, for signatures of scores: a new number
whenever a text gives other facts or findings."""
