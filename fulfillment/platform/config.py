"""Settings: `config/default.toml`, then the file in FULFILLMENT_CONFIG, then variables."""

import os
import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

import limits
from apscheduler.triggers.cron import CronTrigger

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


@dataclass(frozen=True)
class Settings:
    """Every setting, typed; `config/default.toml` says what each means."""

    database_url: str
    sqlite_synchronous: str
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
    tariff_handling_per_unit: float
    wave_seconds: float
    wave_gap: float
    schedule_allocation: str
    schedule_audit: str


CHOICES = {
    "sqlite_synchronous": {"FULL", "NORMAL", "EXTRA"},
    "log_level": {"DEBUG", "INFO", "WARNING", "ERROR"},
    "log_format": {"json", "console"},
}
MAY_BE_ZERO = {
    "tariff_fixed",
    "tariff_per_kg",
    "tariff_per_kg_km",
    "tariff_handling_per_unit",
    "wave_gap",
}
# What must read these later reads them once at the start, so that a mistake stops it there.
READERS: dict[str, Callable[[str], object]] = {
    "rate_limit": limits.parse,
    "schedule_allocation": CronTrigger.from_crontab,
    "schedule_audit": CronTrigger.from_crontab,
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
    kinds = {field.name: field.type for field in fields(Settings)}
    for name in values:
        if name not in kinds:
            raise BadSetting(f"unknown setting {name} ({PREFIX}{name.upper()})")
    return Settings(**{name: typed(name, kinds[name], values[name]) for name in kinds})


def typed(name: str, kind: Any, value: Any) -> Any:
    """Turn a value of a file or a variable into the setting's type, or say why not."""
    try:
        result = kind(value)
    except (TypeError, ValueError) as error:
        raise BadSetting(f"setting {name}: {value!r} is not a {kind.__name__}") from error
    if kind in (int, float) and not (result > 0 or (result == 0 and name in MAY_BE_ZERO)):
        raise BadSetting(f"setting {name}: {value!r} must be positive")
    if name in CHOICES and result not in CHOICES[name]:
        choices = ", ".join(sorted(CHOICES[name]))
        raise BadSetting(f"setting {name}: {value!r} is not one of {choices}")
    if name in READERS and result:
        try_reading(name, result)
    return result


def try_reading(name: str, value: str) -> None:
    try:
        READERS[name](value)
    except ValueError as error:
        raise BadSetting(f"setting {name}: {value!r} cannot be read: {error}") from error
