def test_smoke(client, auth):
    h = auth("admin")
    def put(path, body):
        r = client.put(path, json=body, headers=h); assert r.status_code in (200, 201), r.get_json(); return r
    def post(path, body=None):
        return client.post(path, json=body, headers=h)
    for code, z in (("W1", "10001"), ("W2", "90001"), ("W3", "60601")):
        put(f"/v1/facilities/{code}", {"name": code, "country": "US", "postal_code": z, "timezone": "America/New_York"})
    for sku in ("A", "B"):
        put(f"/v1/items/{sku}", {"name": sku, "weight_g": 500})
    r = post("/v1/stock/movements", {"movements": [
        {"kind": "receipt", "sku": s, "facility": f, "quantity": 10} for s in "AB" for f in ("W1", "W2", "W3")]})
    assert r.status_code == 201, r.get_json()
    dest = {"postal_code": "10002"}
    r = post("/v1/sourcing", {"destination": dest, "lines": [{"sku": "A", "quantity": 3}]})
    assert r.status_code == 200, r.get_json()
    assert r.get_json()["options"][0]["shipments"][0]["facility"] == "W1"
    r = post("/v1/reservations", {"cart_ref": "c1", "destination": dest, "lines": [{"sku": "A", "quantity": 3}]})
    assert r.status_code == 201, r.get_json()
    hold = r.get_json()
    r = post("/v1/orders", {"order_ref": "o1", "reservation_id": hold["id"]})
    assert r.status_code == 201, r.get_json()
    o = r.get_json(); print(o)
    sid = o["shipments"][0]["id"]
    for step in ("pick", "pack", "handover"):
        r = post(f"/v1/shipments/{sid}/{step}", {}); assert r.status_code == 200, (step, r.get_json())
    r = client.get(f"/v1/orders/{o['id']}", headers=h); assert r.get_json()["status"] == "shipped"
    r = post("/v1/orders", {"order_ref": "o2", "lines": [{"sku": "A", "quantity": 30}], "destination": dest})
    assert r.status_code == 409; print(r.get_json())
    r = post("/v1/orders", {"order_ref": "o3", "lines": [{"sku": "A", "quantity": 3}, {"sku": "B", "quantity": 1}], "destination": dest, "allocate": "wave"})
    assert r.status_code == 201, r.get_json()
    r = post("/v1/plans", {"kind": "allocation", "apply": True}); assert r.status_code == 202, r.get_json()
    from fulfillment.planning import runs
    assert runs.execute_next()
    r = client.get(r.headers["Location"], headers=h); print(r.get_json()); assert r.get_json()["status"] == "applied"
    r = client.get("/v1/orders?order_ref=o3", headers=h); o3 = r.get_json()["items"][0]; assert o3["status"] == "allocated", o3
    s = o3["shipments"][0]
    r = post(f"/v1/shipments/{s['id']}/pick", {"lines": [{"sku": "A", "quantity": 1}, {"sku": "B", "quantity": 1}]}); assert r.status_code == 200, r.get_json()
    r = client.get("/v1/orders?order_ref=o3", headers=h); o3 = r.get_json()["items"][0]; print(o3)
    assert len(o3["shipments"]) == 2
    r = post(f"/v1/orders/{o3['id']}/cancel", {}); assert r.status_code == 200, r.get_json()
    r = client.get("/v1/audit", headers=h); assert r.get_json()["ok"], r.get_json()
