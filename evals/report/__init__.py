"""The report of a run: one HTML page that opens from disk and needs nothing beside itself."""

from evals.report.page import report_html

__all__ = ["report_html"]
