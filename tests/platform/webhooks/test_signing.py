import base64
import json
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest
from standardwebhooks import Webhook as Reference
from standardwebhooks.webhooks import WebhookVerificationError

from fulfillment.platform.webhooks import signing

EVENT = uuid4()
BODY = signing.body_of("order.placed", datetime(2026, 11, 23, tzinfo=UTC), {"ref": "Müller ☃"})


def now():
    return datetime.now(UTC)


def test_the_reference_library_accepts_what_is_signed():
    secret = signing.new_secret()
    told = Reference(secret).verify(BODY, signing.headers(EVENT, now(), BODY, [secret]))
    assert told == {
        "type": "order.placed",
        "timestamp": "2026-11-23T00:00:00+00:00",
        "data": {"ref": "Müller ☃"},
    }


def test_the_signature_is_the_reference_library_s_own():
    secret, moment = signing.new_secret(), now().replace(microsecond=0)
    ours = signing.headers(EVENT, moment, BODY, [secret])["webhook-signature"]
    assert ours == Reference(secret).sign(str(EVENT), moment, BODY.decode())


def test_either_of_two_secrets_is_enough():
    secrets = [signing.new_secret(), signing.new_secret()]
    headers = signing.headers(EVENT, now(), BODY, secrets)
    for secret in secrets:
        assert Reference(secret).verify(BODY, headers)


@pytest.mark.parametrize("change", ["body", "id", "time", "secret"])
def test_whatever_is_changed_is_noticed(change):
    secret = signing.new_secret()
    headers = signing.headers(EVENT, now(), BODY, [secret])
    body = BODY.replace(b"placed", b"served") if change == "body" else BODY
    if change == "id":
        headers["webhook-id"] = str(uuid4())
    if change == "time":
        headers["webhook-timestamp"] = str(int((now() + timedelta(seconds=9)).timestamp()))
    with pytest.raises(WebhookVerificationError):
        Reference(signing.new_secret() if change == "secret" else secret).verify(body, headers)


def test_a_secret_has_256_random_bits():
    secrets = {signing.new_secret() for _ in range(100)}
    assert len(secrets) == 100
    assert {len(base64.b64decode(secret.removeprefix("whsec_"))) for secret in secrets} == {32}


def test_a_body_is_the_same_however_the_payload_is_sorted():
    moment = now()
    one = signing.body_of("a.b", moment, {"x": 1, "y": {"b": 2, "a": 1}})
    other = signing.body_of("a.b", moment, {"y": {"a": 1, "b": 2}, "x": 1})
    assert one == other
    assert json.loads(one)["data"] == {"x": 1, "y": {"a": 1, "b": 2}}
