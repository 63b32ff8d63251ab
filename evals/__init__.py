"""Suites, metrics and reports: how good Counterpoint is, measured."""
