"""Clients that place orders in a django-oscar shop, by its own function and without HTTP.

    DJANGO_SETTINGS_MODULE=settings PGHOST=... PGDATABASE=... python place_orders.py SECONDS CLIENTS

Tells on standard output, as JSON, how many orders were placed in how long, and the CPU it took.
Baskets are filled beforehand: only `place_order` is measured.
"""

import json
import multiprocessing
import random
import sys
import time
from multiprocessing.synchronize import Barrier

import django
from django.core.management import call_command
from django.db import connection
from oscar.core.loading import get_class, get_model

PRODUCTS = 200
PLENTY = 10**8
BASKETS_A_SECOND = 10  # of one client, which stops when it has no more
FORK = multiprocessing.get_context("fork")


def furnish() -> None:
    """Make the tables, and products in stock, unless they are there."""
    call_command("migrate", verbosity=0)
    product, record = get_model("catalogue", "Product"), get_model("partner", "StockRecord")
    if product.objects.exists():
        return
    kind = get_model("catalogue", "ProductClass").objects.create(name="Thing")
    partner = get_model("partner", "Partner").objects.create(name="Warehouse")
    for number in range(PRODUCTS):
        made = product.objects.create(title=f"Item {number}", product_class=kind)
        record.objects.create(
            product=made,
            partner=partner,
            partner_sku=f"SKU-{number}",
            price=10,
            num_in_stock=PLENTY,
        )


def filled_baskets(count: int) -> list:
    """Make baskets of one line each."""
    products = list(get_model("catalogue", "Product").objects.all())
    baskets = []
    for _ in range(count):
        basket = get_model("basket", "Basket").objects.create()
        basket.strategy = get_class("partner.strategy", "Default")()
        basket.add_product(random.choice(products))
        baskets.append(basket)
    return baskets


def place(basket: object) -> None:
    """Place one order, as the checkout does once it is paid."""
    free = get_class("shipping.methods", "Free")()
    charge = free.calculate(basket)
    total = get_class("checkout.calculators", "OrderTotalCalculator")().calculate(basket, charge)
    get_class("order.utils", "OrderCreator")().place_order(basket, total, free, charge)
    basket.submit()


def client(ready: Barrier, seconds: float, told: multiprocessing.Queue) -> None:
    """Fill baskets, wait for the others, place orders until the time is up."""
    connection.close()
    random.seed()
    baskets = filled_baskets(round(BASKETS_A_SECOND * seconds))
    ready.wait()
    began, used, placed = time.perf_counter(), time.process_time(), 0
    while baskets and time.perf_counter() < began + seconds:
        place(baskets.pop())
        placed += 1
    told.put((placed, time.perf_counter() - began, time.process_time() - used))


def main() -> None:
    """Run the clients together."""
    seconds, clients = float(sys.argv[1]), int(sys.argv[2])
    django.setup()
    furnish()
    connection.close()
    ready, told = FORK.Barrier(clients), FORK.Queue()
    running = [FORK.Process(target=client, args=(ready, seconds, told)) for _ in range(clients)]
    for one in running:
        one.start()
    results = [told.get() for _ in running]
    for one in running:
        one.join()
    placed, cpu = sum(count for count, _, _ in results), sum(used for _, _, used in results)
    print(json.dumps({"placed": placed, "elapsed": max(t for _, t, _ in results), "cpu": cpu}))


if __name__ == "__main__":
    main()
