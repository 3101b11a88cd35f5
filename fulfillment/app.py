"""The application: start reading here. `create_app` names every room, from the ground up."""

import gc

gc.disable()  # what is imported stays: to look for garbage in it takes a fifth of the start

from flask import Flask

from fulfillment.catalog.routes import routes as catalog
from fulfillment.integrations.doors import doors
from fulfillment.integrations.handover import HANDOVERS
from fulfillment.integrations.routes import routes as integrations
from fulfillment.inventory.audit import CHECKS as INVENTORY_CHECKS
from fulfillment.inventory.counting import service as counting
from fulfillment.inventory.counting.routes import routes as counts
from fulfillment.inventory.routes import routes as inventory
from fulfillment.network.routes import routes as network
from fulfillment.orders import allocation
from fulfillment.orders.audit import CHECKS as ORDERS_CHECKS
from fulfillment.orders.returns.routes import routes as returns
from fulfillment.orders.routes import routes as orders
from fulfillment.planning.audit import CHECKS as PLANNING_CHECKS
from fulfillment.planning.demand.routes import routes as demand
from fulfillment.planning.forecasts.routes import routes as forecasts
from fulfillment.planning.replenishment.routes import routes as replenishment
from fulfillment.planning.routes import routes as planning
from fulfillment.platform import (
    addresses,
    audit,
    config,
    db,
    docs,
    fast_json,
    health,
    logs,
    metrics,
    openapi,
    outbox,
    problems,
    proxies,
    shortcuts,
    throttle,
    uploads,
)
from fulfillment.platform.config import Settings
from fulfillment.platform.http import Room
from fulfillment.platform.jobs.routes import routes as timetable
from fulfillment.platform.outbox import Subscriber
from fulfillment.platform.rules import LazyRule
from fulfillment.platform.webhooks.audit import CHECKS as WEBHOOK_CHECKS
from fulfillment.platform.webhooks.routes import routes as webhooks
from fulfillment.shipping.audit import CHECKS as SHIPPING_CHECKS
from fulfillment.shipping.carriers.routes import routes as adapters
from fulfillment.shipping.documents.routes import routes as documents
from fulfillment.shipping.manifests.routes import routes as manifests
from fulfillment.shipping.routes import routes as shipping
from fulfillment.sourcing.routes import routes as sourcing
from fulfillment.supply.audit import CHECKS as SUPPLY_CHECKS
from fulfillment.supply.purchasing.routes import routes as purchasing
from fulfillment.supply.suppliers.routes import routes as suppliers
from fulfillment.supply.transfers.routes import routes as transfers
from fulfillment.tracking.audit import CHECKS as TRACKING_CHECKS
from fulfillment.tracking.pages import pages as customers_pages
from fulfillment.tracking.routes import routes as tracking

gc.freeze()
gc.enable()
# A thousand carts in one call are tens of thousands of objects, none of them garbage before the
# answer: to look through them again and again took a third of the call.
gc.set_threshold(50_000, 20, 20)

ROOMS: list[Room] = [
    catalog,
    network,
    inventory,
    counts,
    sourcing,
    shipping,
    adapters,
    documents,
    manifests,
    transfers,
    suppliers,
    purchasing,
    orders,
    returns,
    planning,
    demand,
    forecasts,
    replenishment,
    tracking,
    integrations,
    timetable,
    webhooks,
    audit.routes,
]
CHECKS = [
    *INVENTORY_CHECKS,
    *SHIPPING_CHECKS,
    *SUPPLY_CHECKS,
    *ORDERS_CHECKS,
    *PLANNING_CHECKS,
    *TRACKING_CHECKS,
    *WEBHOOK_CHECKS,
]


def create_app(settings: Settings | None = None) -> Flask:
    """Return the WSGI application.

    Raises:
        BadSetting: a setting is unknown or malformed.
    """
    settings = settings or config.load()
    app = Flask("fulfillment", static_folder=None)
    app.url_rule_class = LazyRule
    app.url_map.merge_slashes = False  # its redirect would be the only answer in HTML
    app.config["SETTINGS"] = settings
    app.config["MAX_CONTENT_LENGTH"] = settings.max_body_bytes
    app.json = fast_json.Provider(app)

    shortcuts.init_app(app, (room.shortcuts for room in ROOMS))
    proxies.init_app(app, settings.trusted_proxies)
    logs.configure(settings.log_level, settings.log_format)
    logs.init_app(app)
    metrics.init_app(app)
    problems.init_app(app)
    addresses.init_app(app)
    uploads.init_app(app)
    throttle.init_app(app, settings.rate_limit)

    db.init_app(app, settings)

    app.config[audit.CHECKS] = sorted(CHECKS, key=lambda check: check.number)
    outbox.subscribe(
        "shipment.rejected", Subscriber(allocation.solve_again, allocation.record_again)
    )
    outbox.subscribe("count.requested", Subscriber(dict, counting.units_missed))
    outbox.subscribe("shipment.handed_over", HANDOVERS)

    openapi.init_app(app, ROOMS)
    app.register_blueprint(docs.pages)
    app.register_blueprint(customers_pages)
    app.register_blueprint(doors)
    app.register_blueprint(health.probes)
    return app
