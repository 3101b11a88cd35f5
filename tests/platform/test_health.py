from fulfillment.app import create_app
from fulfillment.platform.db import db
from tests.conftest import settings_for
from tests.platform.test_problems import assert_problem


def test_a_process_that_is_up_says_so(client):
    assert client.get("/healthz").json == {"status": "ok"}


def test_a_migrated_database_is_ready(client):
    assert client.get("/readyz").json["status"] == "ok"


def test_a_database_without_its_schema_is_not_ready(app, client):
    with db.engine.begin() as connection:
        connection.exec_driver_sql("UPDATE alembic_version SET version_num = 'older'")
    answer = client.get("/readyz")
    assert_problem(answer, 503)
    assert "older" in answer.json["detail"]


def test_a_database_that_is_gone_is_not_ready(tmp_path):
    app = create_app(settings_for("sqlite:////nowhere/at/all.db"))
    assert_problem(app.test_client().get("/readyz"), 503)
    assert app.test_client().get("/healthz").status_code == 200
