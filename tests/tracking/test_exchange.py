"""Files changed with a carrier: manifests written, events read back, each once."""

import csv
import io
import os
import threading
import time

import pytest

from fulfillment import scheduler
from fulfillment.network.models import Carrier
from fulfillment.platform.db import db, transaction
from fulfillment.shipping.carriers import folders
from fulfillment.tracking import files
from tests.conftest import settings_for

HEADER = "event_id,tracking_number,status,occurred_at"
AT = "2026-11-20T12:00:00+00:00"


@pytest.fixture
def settings(database_url, tmp_path):
    return settings_for(database_url, carrier_folder=str(tmp_path / "carriers"))


@pytest.fixture
def box(fast, tmp_path, monkeypatch):
    """The folder of the carrier FAST, which changes files with us."""
    monkeypatch.setattr(folders, "APART_SECONDS", 0.05)
    with transaction() as session:
        session.get_one(Carrier, "FAST").type = "csv_dropbox"
    assert files.exchange() == "0 manifests written, 0 files read, 0 with errors"
    return tmp_path / "carriers" / "FAST"


def lines(*rows):
    return "\r\n".join([HEADER, *rows, ""])


def names(folder):
    return sorted(path.name for path in folder.iterdir())


def old(path):
    """Let nobody have touched a file for an hour."""
    then = time.time() - 3600
    os.utime(path, (then, then))


def report(path):
    return list(csv.DictReader(io.StringIO(path.read_text())))


def test_a_closed_manifest_lies_in_the_folder_whole_and_once(ship, fast, box):
    ship("pack")
    manifest = fast.post("manifests", {"facility": "W1", "carrier": "FAST"}).get_json()
    assert files.exchange().startswith("1 manifests written")
    assert files.exchange().startswith("0 manifests written")
    (path,) = (box / "out").iterdir()
    assert path.name == f"manifest-W1-FAST-{manifest['id']}.csv"
    assert [row["sscc"] for row in report(path)] == [line["sscc"] for line in manifest["lines"]]
    (request,) = fast.get("carriers/FAST/requests")["items"]
    assert (request["kind"], request["status"]) == ("manifest", "confirmed")


@pytest.mark.engine("sqlite")
def test_a_manifest_that_cannot_be_written_is_told_and_written_later(ship, fast, box):
    ship("pack")
    manifest = fast.post("manifests", {"facility": "W1", "carrier": "FAST"}).get_json()
    name = f"manifest-W1-FAST-{manifest['id']}.csv"
    (box / "out" / f".{name}.part").mkdir()
    assert files.exchange().startswith("0 manifests written")
    (request,) = fast.get("carriers/FAST/requests")["items"]
    assert request["status"] == "pending"
    assert "Is a directory" in request["problem"]
    (box / "out" / f".{name}.part").rmdir()
    with transaction():
        db.session.execute(db.text("UPDATE carrier_requests SET next_at = queued_at"))
    assert files.exchange().startswith("1 manifests written")
    assert names(box / "out") == [name]


def test_events_are_read_and_the_file_is_done(ship, status, box):
    shipment = ship()
    text = lines(f"e1,{shipment['tracking_number']},delivered,{AT}")
    (box / "in" / "day.csv").write_text(text)
    assert files.exchange() == "0 manifests written, 1 files read, 0 with errors"
    assert status(shipment) == "delivered"
    assert (names(box / "in"), names(box / "done"), names(box / "failed")) == ([], ["day.csv"], [])
    assert (box / "done" / "day.csv").read_bytes() == text.encode()


def test_the_same_file_twice_is_harmless_and_kept_twice(ship, fast, box):
    shipment = ship()
    for _ in range(2):
        (box / "in" / "day.csv").write_text(
            lines(f"e1,{shipment['tracking_number']},delivered,{AT}")
        )
        files.exchange()
    assert names(box / "done") == ["day-2.csv", "day.csv"]
    assert len(fast.get(f"shipments/{shipment['id']}/events")["items"]) == 1


def test_a_bad_row_spoils_itself_and_is_told_beside_its_file(ship, status, box):
    shipment = ship()
    number = shipment["tracking_number"]
    rows = [f"e1,{number},delivered,{AT}", f"e2,{number},delivered,soon", f"e3,none,delivered,{AT}"]
    (box / "in" / "day.csv").write_text(lines(*rows))
    assert files.exchange().endswith("1 with errors")
    assert status(shipment) == "delivered"
    assert names(box / "failed") == ["day.csv", "day.csv.report.csv"]
    told = report(box / "failed" / "day.csv.report.csv")
    assert [(row["row"], row["outcome"]) for row in told] == [
        ("2", "refused"),
        ("3", "unknown_shipment"),
    ]
    assert "occurred_at" in told[0]["problem"]


@pytest.mark.engine("sqlite")
@pytest.mark.parametrize(
    ("name", "raw", "told"),
    [
        ("a.csv", b"", "header: The first line"),
        ("a.csv", b"nonsense\n", "nonsense: Unknown column"),
        ("a.csv", b"\x00\xff\xfe\n", "Unknown column"),
        ("a.csv", f'{HEADER}\n"e1,x\ny\n'.encode(), "rows.1.row"),
        ("a.json", b"{}", "events: Must be a list"),
        ("a.json", b"{]}", "not valid JSON"),
        ("a.json", b"[" * 100_000, "file: The body is not"),
        ("a.exe", b"MZ\n", "Must end in .csv or .json"),
        ("noname", b"x\n", "Must end in .csv or .json"),
    ],
)
def test_a_file_that_cannot_be_read_has_failed_and_says_why(box, name, raw, told):
    (box / "in" / name).write_bytes(raw)
    old(box / "in" / name)
    files.exchange()
    (path,) = (path for path in (box / "failed").iterdir() if path.name.endswith(".report.csv"))
    (row,) = report(path)
    assert row["row"] == "0"
    assert told in row["problem"]
    assert names(box / "in") == []


@pytest.mark.engine("sqlite")
def test_a_file_that_is_too_large_is_not_read(box, monkeypatch):
    monkeypatch.setattr(files, "MOST_BYTES", 100)
    (box / "in" / "a.csv").write_text(lines("x" * 200))
    files.exchange()
    assert "Must be at most 100 bytes" in report(box / "failed" / "a.csv.report.csv")[0]["problem"]


@pytest.mark.engine("sqlite")
def test_what_is_still_written_is_left_alone(ship, status, box):
    shipment = ship()
    half = f"{HEADER}\r\ne1,{shipment['tracking_number']},deliv"
    for name in (".hidden.csv", "a.csv.part", "a.csv.tmp", "a.csv~", "half.csv"):
        (box / "in" / name).write_text(half)
    assert "0 files read" in files.exchange()
    assert len(names(box / "in")) == 5
    (box / "in" / "half.csv").write_text(lines(f"e1,{shipment['tracking_number']},delivered,{AT}"))
    assert "1 files read, 0 with" in files.exchange()
    assert status(shipment) == "delivered"


@pytest.mark.engine("sqlite")
def test_a_file_that_grows_between_two_looks_is_left_alone(ship, box, monkeypatch):
    path = box / "in" / "a.csv"
    path.write_text(lines())
    sleep = time.sleep

    def grow(seconds):
        with path.open("a") as file:
            file.write(f"e1,{ship()['tracking_number']},delivered,{AT}\r\n")
        sleep(seconds)

    monkeypatch.setattr(folders.time, "sleep", grow)
    assert "0 files read" in files.exchange()
    monkeypatch.setattr(folders.time, "sleep", sleep)
    assert "1 files read" in files.exchange()


@pytest.mark.engine("sqlite")
def test_a_last_line_without_its_end_is_read_once_nobody_writes(ship, status, box):
    shipment = ship()
    path = box / "in" / "a.csv"
    path.write_text(lines(f"e1,{shipment['tracking_number']},delivered,{AT}").rstrip())
    assert "0 files read" in files.exchange()
    old(path)
    assert "1 files read" in files.exchange()
    assert status(shipment) == "delivered"


@pytest.mark.engine("sqlite")
def test_a_link_is_not_followed(box, tmp_path):
    secret = tmp_path / "secret.csv"
    secret.write_text(lines("e1,x,delivered,soon"))
    (box / "in" / "a.csv").symlink_to(secret)
    assert "0 files read" in files.exchange()
    assert secret.exists()
    assert names(box / "failed") == []


@pytest.mark.engine("sqlite")
def test_a_folder_that_leads_elsewhere_is_refused_and_the_others_go_on(ship, fast, box, tmp_path):
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    (box / "in").rmdir()
    (box / "in").symlink_to(elsewhere)
    with transaction() as session:
        session.add(Carrier(code="OTHER", name="Other", type="csv_dropbox"))
    (elsewhere / "a.csv").write_text(lines("e1,x,delivered,soon"))
    with pytest.raises(files.ExchangeFailed, match="FAST: The folder in of FAST is a link"):
        files.exchange()
    assert names(elsewhere) == ["a.csv"]
    assert names(tmp_path / "carriers" / "OTHER" / "in") == []


@pytest.mark.engine("sqlite")
def test_a_file_that_breaks_us_is_left_and_the_others_are_read(ship, status, box, monkeypatch):
    shipment = ship()
    for name in ("a.csv", "b.csv"):
        (box / "in" / name).write_text(lines(f"e1,{shipment['tracking_number']},delivered,{AT}"))
    take = files.record_file

    def breaks(code, path):
        if path.name == "a.csv":
            raise OSError("the disk is gone")
        return take(code, path)

    monkeypatch.setattr(files, "record_file", breaks)
    with pytest.raises(files.ExchangeFailed, match=r"FAST/a\.csv: the disk is gone"):
        files.exchange()
    assert status(shipment) == "delivered"
    assert names(box / "in") == ["a.csv"]


@pytest.mark.engine("sqlite")
@pytest.mark.parametrize("code", [".", "..", "...", ".lock"])
def test_no_code_leads_out_of_the_root(fast, box, code):
    with transaction() as session:
        session.add(Carrier(code=code, name="Odd", type="csv_dropbox"))
    files.exchange()
    root = box.parent
    assert sorted(path.name for path in root.iterdir()) == sorted(["%2E" + code[1:], "FAST"])
    assert [path.name for path in root.parent.iterdir() if path.is_dir()] == [root.name]


@pytest.mark.engine("sqlite")
def test_names_that_are_odd_are_no_obstacle(ship, status, box):
    shipment = ship()
    odd = [b"x" * 250 + b".csv", "Märchen \n\t;$(x).CSV".encode(), b"\xff\xfe.csv"]
    for number, name in enumerate(odd):
        path = os.path.join(os.fsencode(box / "in"), name)
        with open(path, "w") as file:
            file.write(lines(f"e{number},{shipment['tracking_number']},in_transit,{AT}", "x"))
    assert "3 files read, 3 with" in files.exchange()
    assert len(names(box / "failed")) == 6
    assert names(box / "in") == []


def test_two_at_once_take_each_file_once(app, ship, fast, box):
    shipment = ship()
    for n in range(6):
        row = f"e{n},{shipment['tracking_number']},in_transit,{AT}"
        (box / "in" / f"{n}.csv").write_text(lines(row))
    told = []

    def work():
        with app.app_context():
            told.append(files.exchange())

    workers = [threading.Thread(target=work) for _ in range(3)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert names(box / "done") == [f"{n}.csv" for n in range(6)]
    assert sum(int(one.split()[3]) for one in told) == 6
    assert len(fast.get(f"shipments/{shipment['id']}/events")["items"]) == 6


@pytest.mark.engine("sqlite")
def test_a_file_may_have_more_rows_than_a_request(ship, fast, box):
    number = ship()["tracking_number"]
    rows = [f"e{n},{number},in_transit,{AT}" for n in range(1_200)]
    (box / "in" / "a.csv").write_text(lines(*rows, "e,bad,x,y"))
    files.exchange()
    (row,) = report(box / "failed" / "a.csv.report.csv")
    assert row["row"] == "1201"


@pytest.mark.engine("sqlite")
def test_events_of_another_carrier_are_not_ours_to_tell(ship, status, fast, box):
    with transaction() as session:
        session.add(Carrier(code="OTHER", name="Other", type="csv_dropbox"))
    files.exchange()
    shipment = ship()
    text = lines(f"e1,{shipment['tracking_number']},delivered,{AT}")
    (box.parent / "OTHER" / "in" / "a.csv").write_text(text)
    files.exchange()
    assert status(shipment) == "handed_over"
    assert names(box.parent / "OTHER" / "failed") == ["a.csv", "a.csv.report.csv"]


@pytest.mark.engine("sqlite")
def test_it_is_a_job_of_every_minute(app):
    jobs = {job.name: job for job in scheduler.timetable(app.config["SETTINGS"])}
    assert jobs["carrier-files"].cron == "* * * * *"
    assert jobs["carrier-files"].work() == "0 manifests written, 0 files read, 0 with errors"
