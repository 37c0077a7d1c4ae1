"""A pytest plugin for ./oms test: nothing green that did not run.

An unexpected skip fails the run, so does a line in Odoo's log that says something was left out, such as a tour skipped
for want of a browser. Counts go to the file named by OMS_TEST_REPORT, for the launcher to add up.
"""

import json
import logging
import os

import pytest

from tools.odoo import WARNING_SIGNS

# The official API models are not part of this project. Where they lie beside it, tests hold our requests against them.
EXPECTED_SKIP = "needs the official specs"


class _SignCollector(logging.Handler):
    """Collects log lines that say something was left out."""

    def __init__(self):
        super().__init__(logging.INFO)
        self.found = []

    def emit(self, record):
        message = record.getMessage()
        if record.name.startswith("odoo") and WARNING_SIGNS.search(message):
            self.found.append(f"{record.name}: {message}")


class Guard:
    """Counts outcomes and keeps what makes a run bad although no test failed."""

    def __init__(self):
        self.failed = set()
        self.passed = set()
        self.expected_skips = []
        self.unexpected_skips = []
        self.log_signs = _SignCollector()

    def pytest_sessionstart(self):
        logging.getLogger().addHandler(self.log_signs)

    def pytest_runtest_logreport(self, report):
        if report.failed:
            self.failed.add(report.nodeid)
        elif report.skipped and not hasattr(report, "wasxfail"):
            self._note_skip(report.nodeid, _reason(report))
        elif report.when == "call":
            self.passed.add(report.nodeid)

    def pytest_collectreport(self, report):
        if report.failed:
            self.failed.add(report.nodeid)
        elif report.skipped:
            self._note_skip(report.nodeid, _reason(report))

    def _note_skip(self, name, reason):
        # On the build machine no test may be left out without a word.
        allowed = reason.startswith(EXPECTED_SKIP) and not os.environ.get("CI")
        (self.expected_skips if allowed else self.unexpected_skips).append(f"{name}: {reason}")

    @pytest.hookimpl(trylast=True)
    def pytest_sessionfinish(self, session):
        if (self.unexpected_skips or self.log_signs.found) and session.exitstatus == pytest.ExitCode.OK:
            session.exitstatus = pytest.ExitCode.TESTS_FAILED
        path = os.environ.get("OMS_TEST_REPORT")
        if path:
            with open(path, "w", encoding="utf-8") as report:
                json.dump(self.summary(), report)

    def summary(self):
        """Return the counts as a dict; an unexpected skip and a bad log line count as failures."""
        return {
            "passed": len(self.passed - self.failed),
            "failed": len(self.failed) + len(self.unexpected_skips) + len(self.log_signs.found),
            "expected_skips": self.expected_skips,
        }

    def pytest_terminal_summary(self, terminalreporter):
        for name in self.unexpected_skips:
            terminalreporter.write_line(f"FAILED (skipped) {name}", red=True)
        for line in self.log_signs.found:
            terminalreporter.write_line(f"FAILED (Odoo's log) {line}", red=True)


def _reason(report):
    text = report.longrepr[2] if isinstance(report.longrepr, tuple) else str(report.longrepr)
    return text.removeprefix("Skipped: ")


def pytest_configure(config):
    config.pluginmanager.register(Guard(), "oms-guard")
