"""Facts of Thai and English text, as values that can be compared across the languages. Pure functions.

values      what a text can say: quantities, dates, times, codes, each with a canonical form
thai_facts, english_facts    the two parsers, with numerals, units, calendars and quantities below them
compare     what an output lacks, adds or changes against its source; `side` reads a text for it
glossary    official names of bodies, posts and places; `names_tsv` and `places` give them
people, latin, negation      persons by their sound; names in Latin script; denials
"""

RULES = "4"
"""The version of the rules in this package and in `pipeline.verify`, for signatures of scores: a new number
whenever a text gives other facts or findings."""
