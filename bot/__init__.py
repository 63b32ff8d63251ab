"""Counterpoint: a guide to one contested article and the comments under it, both sides attributed."""
