"""Events in the files of carriers."""

import pytest
from click.testing import CliRunner

from fulfillment.cli import main
from fulfillment.platform.db import db

AT = "2026-11-20T12:00:00+00:00"
HEADER = "event_id,tracking_number,status,occurred_at"


@pytest.fixture
def load(app, database_url, tmp_path, monkeypatch):
    """Load a file with these lines; return click's result."""
    monkeypatch.setenv("FULFILLMENT_DATABASE_URL", database_url)

    def run(*lines, options=()):
        path = tmp_path / "events.csv"
        path.write_text("\r\n".join([HEADER, *lines]))
        result = CliRunner().invoke(main, ["import", "tracking", *options, str(path)])
        db.session.rollback()
        return result

    return run


def test_a_file_may_be_loaded_twice(ship, status, load):
    shipment = ship()
    line = f"e1,{shipment['tracking_number']},DELIVERED,{AT}"
    first = load(line)
    assert (first.exit_code, first.stdout) == (
        0,
        "1 rows: 1 recorded, 0 known before, 0 of unknown shipments, 0 refused\n",
    )
    assert status(shipment) == "delivered"
    assert load(line).stdout.startswith("1 rows: 0 recorded, 1 known before")


def test_what_is_wrong_with_a_row_is_told_by_its_number(ship, load):
    number = ship()["tracking_number"]
    result = load(f"e1,{number},DELIVERED,soon", f"e2,nobody's,DELIVERED,{AT}")
    assert result.exit_code == 1
    first, second = result.stderr.splitlines()
    assert first.startswith("row 1: occurred_at: ")
    assert second == "row 2: unknown shipment"


def test_a_file_of_another_carrier_tells_nothing_of_ours(ship, load):
    line = f"e1,{ship()['tracking_number']},DELIVERED,{AT}"
    assert "1 of unknown shipments" in load(line, options=["--carrier", "SLOW"]).stdout


def test_a_file_may_have_more_rows_than_a_request(ship, load):
    number = ship()["tracking_number"]
    result = load(*(f"e{n},{number},in_transit,{AT}" for n in range(1_200)))
    assert result.stdout.startswith("1200 rows: 1200 recorded")
