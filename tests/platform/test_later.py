"""Modules that come later, or not at all."""

import json
import subprocess
import sys
from importlib import import_module

import pytest

from fulfillment.platform.later import Later, without


def test_a_module_comes_with_the_first_question_to_it(monkeypatch):
    monkeypatch.delitem(sys.modules, "colorsys", raising=False)
    colours = Later("colorsys")
    assert "colorsys" not in sys.modules
    assert colours.rgb_to_yiq(0, 0, 0) == (0, 0, 0)


def test_without_a_module_it_cannot_be_imported_and_afterwards_it_is_what_it_was():
    with without("json"), pytest.raises(ImportError):
        import_module("json")
    assert sys.modules["json"] is json


def test_a_module_that_was_not_there_may_come_after(monkeypatch):
    monkeypatch.delitem(sys.modules, "colorsys", raising=False)
    with without("colorsys"), pytest.raises(ImportError):
        import_module("colorsys")
    assert import_module("colorsys").rgb_to_yiq(0, 0, 0) == (0, 0, 0)


NOT_AT_THE_START = {"rich", "yaml", "prometheus_client", "apscheduler.triggers.cron", "holidays"}


def test_the_service_starts_without_what_only_some_requests_need():
    code = f"import sys, fulfillment.app; print({NOT_AT_THE_START} & {{*sys.modules}})"
    code += "; import rich.table"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "set()"
