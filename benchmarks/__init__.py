"""Measurements of speed and endurance, each beside what it is to be compared with."""
