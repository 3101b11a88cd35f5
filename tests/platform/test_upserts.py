from concurrent.futures import ThreadPoolExecutor

from fulfillment.catalog.models import Item
from fulfillment.platform.db import retrying, transaction
from fulfillment.platform.upserts import put_row

VALUES = {"name": "Anvil", "weight_g": 5, "pack_size": 1, "tags": []}


def test_of_two_who_put_the_same_key_at_once_one_creates_it(app):
    def put_it():
        with transaction():
            return put_row(Item, {"sku": "A"}, VALUES)[1]

    def put(_):
        with app.app_context():
            return retrying(put_it)

    with ThreadPoolExecutor(4) as pool:
        assert sum(pool.map(put, range(12))) == 1
