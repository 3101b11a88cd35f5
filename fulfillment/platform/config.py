"""Settings: `config/default.toml`, then the file in FULFILLMENT_CONFIG, then variables."""

import os
import re
import tomllib
from collections.abc import Callable, Mapping
from importlib.util import find_spec
from math import inf
from pathlib import Path
from typing import TYPE_CHECKING, Any

from msgspec import Struct, structs
from sqlalchemy import make_url
from sqlalchemy.exc import ArgumentError

from fulfillment.platform import cron
from fulfillment.platform.later import Later

if TYPE_CHECKING:
    import limits
else:
    limits = Later("limits")

PACKAGE = Path(__file__).parents[1]
PREFIX = "FULFILLMENT_"
CONFIG_FILE = PREFIX + "CONFIG"
# Read by tests and benchmarks only, yet allowed beside the settings.
SHARED_DATA = PREFIX + "SHARED_DATA"


def shipped(folder: str) -> Path:
    """Return a folder of the top of the source tree, which a wheel carries in the package."""
    inside = PACKAGE / f"_{folder}"
    return inside if inside.is_dir() else PACKAGE.parent / folder


DEFAULTS = shipped("config") / "default.toml"


class BadSetting(Exception):
    """A setting that is unknown or malformed; the start stops with its name."""


class Settings(Struct, frozen=True):
    """Every setting, typed; `config/default.toml` says what each means."""

    database_url: str
    sqlite_synchronous: str
    database_pool_size: int
    database_pool_wait_seconds: int
    database_recycle_seconds: int
    database_statement_seconds: float
    job_statement_seconds: float
    database_lock_seconds: float
    database_idle_seconds: float
    database_limits: str
    database_prepare: str
    holds_synchronous_commit: str
    trusted_proxies: int
    drain_seconds: float
    max_body_bytes: int
    rate_limit: str
    idempotency_hours: int
    log_level: str
    log_format: str
    currency: str
    hold_ttl_seconds: int
    hold_ttl_max_seconds: int
    unfilled_cost: float
    late_cost_per_day: float
    tariff_fixed: float
    tariff_per_kg: float
    tariff_per_kg_km: float
    tariff_road_factor: float
    tariff_km_per_day: float
    handling_per_unit: float
    gs1_company_prefix: str
    label_sender: str
    package_weight_g: int
    package_side_mm: int
    package_litres: int
    carrier_folder: str
    rate_shopping: str
    wave_seconds: float
    wave_gap: float
    wave_reconsiders: int
    wave_move_threshold: float
    wave_executor: str
    wave_workers: int
    dask_scheduler: str
    outlook_days: int
    forecast_lead_days: int
    purchase_auto_approve_limit: float
    purchase_over_receipt: float
    transfer_fixed: float
    transfer_per_km: float
    transfer_per_kg_km: float
    replenishment_service: float
    replenishment_seconds: float
    replenishment_gap: float
    order_cost: float
    holding_rate: float
    resupply_days: float
    rebalancing_horizon_days: int
    rebalancing_keep: float
    rebalancing_seconds: float
    rebalancing_gap: float
    rebalancing_threshold: float
    counts_per_day: int
    counts_history_days: int
    counts_a_days: int
    counts_b_days: int
    counts_c_days: int
    counts_recount_share: float
    counts_recount_value: float
    delivery_quantile: float
    delivery_risk: float
    webhook_private_targets: str
    webhook_plain_http: str
    webhook_seconds: float
    webhook_threads: int
    webhook_keep_days: int
    schedule_allocation: str
    schedule_outlook: str
    schedule_audit: str


CHOICES = {
    "sqlite_synchronous": {"FULL", "NORMAL", "EXTRA"},
    "database_limits": {"connection", "server"},
    "database_prepare": {"on", "off"},
    "holds_synchronous_commit": {"on", "off"},
    "log_level": {"DEBUG", "INFO", "WARNING", "ERROR"},
    "log_format": {"json", "console"},
    "wave_executor": {"inline", "processes", "dask"},
    "rate_shopping": {"on", "off"},
    "webhook_private_targets": {"on", "off"},
    "webhook_plain_http": {"on", "off"},
}
MAY_BE_ZERO = {
    "database_statement_seconds",
    "job_statement_seconds",
    "database_idle_seconds",
    "trusted_proxies",
    "drain_seconds",
    "tariff_fixed",
    "tariff_per_kg",
    "tariff_per_kg_km",
    "handling_per_unit",
    "transfer_fixed",
    "transfer_per_km",
    "transfer_per_kg_km",
    "rebalancing_gap",
    "replenishment_service",
    "replenishment_gap",
    "order_cost",
    "holding_rate",
    "rebalancing_threshold",
    "wave_gap",
    "wave_reconsiders",
    "wave_move_threshold",
    "wave_workers",
    "purchase_auto_approve_limit",
    "purchase_over_receipt",
    "counts_recount_share",
    "counts_recount_value",
}
MOST = {
    "wave_gap": 1.0,
    "rebalancing_gap": 1.0,
    "replenishment_gap": 1.0,
    "replenishment_service": 0.9999,
    "rebalancing_keep": 0.999,
    "rebalancing_threshold": 1.0,
    "purchase_over_receipt": 1.0,
    "delivery_quantile": 1.0,
    "delivery_risk": 0.99,
}
NEVER_EMPTY = {"currency", "gs1_company_prefix"}
KINDS = {int: "an int", float: "a float"}
DATABASES = {"sqlite", "postgresql", "postgres"}


def read_url(url: str) -> None:
    try:
        backend = make_url(url).get_backend_name()
    except ArgumentError:
        backend = ""
    if backend not in DATABASES:
        raise ValueError("not the URL of a SQLite or PostgreSQL database")


def read_currency(code: str) -> None:
    if not re.fullmatch("[A-Z]{3}", code):
        raise ValueError("not three capital letters (ISO 4217)")


def read_gs1_prefix(prefix: str) -> None:
    if not re.fullmatch("[0-9]{4,12}", prefix):
        raise ValueError("not the 4 to 12 digits of a GS1 company prefix")


def read_executor(name: str) -> None:
    if name == "dask" and find_spec("distributed") is None:
        raise ValueError('dask needs the extra "cluster": pip install "fulfillment[cluster]"')


def read_rate(rate: str) -> None:
    if limits.parse(rate).amount < 1:
        raise ValueError('no call would be let through; "" is no limit')


# What must read these later reads them once at the start, so that a mistake stops it there.
READERS: dict[str, Callable[[str], object]] = {
    "database_url": read_url,
    "currency": read_currency,
    "rate_limit": read_rate,
    "gs1_company_prefix": read_gs1_prefix,
    "wave_executor": read_executor,
    "schedule_allocation": cron.read,
    "schedule_outlook": cron.read,
    "schedule_audit": cron.read,
}


def load(environ: Mapping[str, str] = os.environ) -> Settings:
    """Read and check every setting.

    Raises:
        BadSetting: for an unknown name, a value of the wrong type or out of range, naming it.
    """
    values = read_toml(DEFAULTS)
    if CONFIG_FILE in environ:
        values |= read_toml(Path(environ[CONFIG_FILE]))
    values |= from_environment(environ)
    return checked(values)


def read_toml(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text("utf-8"))
    except (OSError, ValueError) as error:
        raise BadSetting(f"{path}: {error}") from error


def from_environment(environ: Mapping[str, str]) -> dict[str, str]:
    names = (n for n in environ if n.startswith(PREFIX) and n not in (CONFIG_FILE, SHARED_DATA))
    return {name.removeprefix(PREFIX).lower(): environ[name] for name in names}


def checked(values: Mapping[str, Any]) -> Settings:
    kinds = {field.name: field.type for field in structs.fields(Settings)}
    for name in values:
        if name not in kinds:
            raise BadSetting(f"unknown setting {name} ({PREFIX}{name.upper()})")
    settings = Settings(**{name: typed(name, kinds[name], values[name]) for name in kinds})
    if settings.hold_ttl_seconds > settings.hold_ttl_max_seconds:
        raise BadSetting("setting hold_ttl_seconds: must not be more than hold_ttl_max_seconds")
    if settings.wave_executor == "dask" and not settings.dask_scheduler:
        raise BadSetting("setting dask_scheduler: wave_executor dask needs the scheduler's address")
    return settings


def typed(name: str, kind: Any, value: Any) -> Any:
    """Turn a value of a file or a variable into the setting's type, or say why not."""
    try:
        result = kind(value)
    except (TypeError, ValueError, OverflowError) as error:
        raise BadSetting(f"setting {name}: {value!r} is not {KINDS[kind]}") from error
    if kind in KINDS:
        check_range(name, result)
    if name in CHOICES and result not in CHOICES[name]:
        choices = ", ".join(sorted(CHOICES[name]))
        raise BadSetting(f"setting {name}: {value!r} is not one of {choices}")
    if name in READERS and (result or name in NEVER_EMPTY):
        try_reading(name, result)
    return result


def check_range(name: str, value: float) -> None:
    if not value < inf:  # nan neither
        raise BadSetting(f"setting {name}: {value} must be finite")
    if value < 0 and name in MAY_BE_ZERO:
        raise BadSetting(f"setting {name}: {value} must not be negative")
    if value <= 0 and name not in MAY_BE_ZERO:
        raise BadSetting(f"setting {name}: {value} must be positive")
    if value > MOST.get(name, inf):
        raise BadSetting(f"setting {name}: {value} must not be more than {MOST[name]:g}")


def try_reading(name: str, value: str) -> None:
    try:
        READERS[name](value)
    except ValueError as error:
        # without the value: a URL may hold a password
        raise BadSetting(f"setting {name} cannot be read: {error}") from error
