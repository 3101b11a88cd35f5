"""A client process: it books and buys until its input ends, and writes down what was acknowledged.

Run as `python shopper.py NAME KEY PORT...`. Every request has an Idempotency-Key and is repeated
under it, at the next port, until it is answered.
"""

import json
import sys
import threading
import time
from http.client import HTTPConnection, HTTPException

CUSTOMER = {"lat": 30.0, "lng": -90.0}
NAME, KEY = sys.argv[1:3]
PORTS = sys.argv[3:]
BOTH = [{"sku": "S1", "quantity": 1}, {"sku": "S2", "quantity": 1}]


def send(path, body, key, port):
    connection = HTTPConnection("127.0.0.1", int(port), timeout=30)
    headers = {"Authorization": f"Bearer {KEY}", "Idempotency-Key": key}
    try:
        connection.request(
            "POST", path, json.dumps(body), {**headers, "Content-Type": "application/json"}
        )
        answer = connection.getresponse()
        return answer.status, json.loads(answer.read())
    finally:
        connection.close()


def insist(path, body, key, stop):
    """Repeat the request until it is answered; None when told to stop before."""
    turn = 0
    while not (stop.is_set() and turn > 4 * len(PORTS)):
        try:
            status, answer = send(path, body, key, PORTS[turn % len(PORTS)])
            if status != 503:
                return status, answer
        except (OSError, HTTPException, ValueError):
            time.sleep(0.02)
        turn += 1
    return None


def requests_of(number, hold):
    """Yield what to ask for in this round."""
    ref = f"{NAME} {number}"
    row = {"kind": "receipt", "sku": "S1", "facility": "W1", "quantity": 1, "reference": ref}
    yield "movement", "/v1/stock/movements", {"movements": [row]}
    yield "order", "/v1/orders", {"order_ref": ref, "destination": CUSTOMER, "lines": BOTH[::-1]}
    yield "hold", "/v1/reservations", {"cart_ref": ref, "destination": CUSTOMER, "lines": BOTH}
    if hold.get("id"):
        yield "order", "/v1/orders", {"order_ref": f"{ref} held", "reservation_id": hold["id"]}


def main():
    stop = threading.Event()
    threading.Thread(target=lambda: (sys.stdin.read(), stop.set()), daemon=True).start()
    number = 0
    while not stop.is_set():
        hold = {}
        for kind, path, body in requests_of(number, hold):
            answered = insist(path, body, f"{NAME} {number} {len(body)} {kind}", stop)
            if answered is None:
                return
            status, answer = answered
            ref = body.get("order_ref") or body.get("cart_ref") or f"{NAME} {number}"
            print(json.dumps([kind, status, ref, answer.get("id")]), flush=True)
            hold = hold_in(hold, kind, status, answer)
        number += 1


def hold_in(hold, kind, status, answer):
    if kind == "hold" and status == 201:
        hold["id"] = answer["id"]
    return hold


main()
