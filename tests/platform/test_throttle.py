import pytest
import time_machine
from msgspec.structs import replace

from fulfillment.platform import clock

pytestmark = [pytest.mark.usefixtures("notes"), pytest.mark.engine("sqlite")]


@pytest.fixture
def settings(settings):
    return replace(settings, rate_limit="3/minute")


def test_the_call_above_the_limit_is_429_and_says_when_to_come_back(client, auth):
    headers = auth("viewer")
    with time_machine.travel(clock.now(), tick=False) as time:
        answers = [client.get("/v1/notes", headers=headers) for _ in range(4)]
        assert [answer.status_code for answer in answers] == [200, 200, 200, 429]
        assert answers[3].json["type"] == "/problems/rate-limited"
        assert answers[3].headers["Retry-After"] == "60"
        time.shift(61)
        assert client.get("/v1/notes", headers=headers).status_code == 200


def test_one_key_does_not_use_up_the_calls_of_another(client, auth):
    first, second = auth("viewer"), auth("viewer")
    assert [client.get("/v1/notes", headers=first).status_code for _ in range(4)][-1] == 429
    assert client.get("/v1/notes", headers=second).status_code == 200


def test_probes_are_not_limited(client):
    assert {client.get("/healthz").status_code for _ in range(9)} == {200}
