import tomllib

import pytest
from msgspec.structs import fields

from fulfillment.platform import config
from fulfillment.platform.config import BadSetting, Settings


def test_every_setting_has_a_default_and_every_default_is_a_setting():
    defaults = tomllib.loads(config.DEFAULTS.read_text())
    assert defaults.keys() == {field.name for field in fields(Settings)}


def test_a_variable_overrides_the_file_which_overrides_the_default(tmp_path):
    file = tmp_path / "site.toml"
    file.write_text('currency = "EUR"\nhold_ttl_seconds = 60\n')
    environ = {"FULFILLMENT_CONFIG": str(file), "FULFILLMENT_HOLD_TTL_SECONDS": "30"}
    settings = config.load(environ)
    assert settings.currency == "EUR"
    assert settings.hold_ttl_seconds == 30
    assert settings.hold_ttl_max_seconds == config.load({}).hold_ttl_max_seconds


def test_variables_of_others_are_ignored():
    assert config.load({"PATH": "/bin", "FULFILMENT_CURRENCY": "EUR"}) == config.load({})


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("NO_SUCH_THING", "1"),
        ("HOLD_TTL_SECONDS", "a while"),
        ("HOLD_TTL_SECONDS", "1.5"),
        ("HOLD_TTL_SECONDS", "0"),
        ("HOLD_TTL_SECONDS", "-1"),
        ("WAVE_SECONDS", "nan"),
        ("WAVE_SECONDS", "inf"),
        ("WAVE_GAP", "-0.1"),
        ("WAVE_GAP", "1.1"),
        ("HOLD_TTL_SECONDS", "86401"),
        ("CURRENCY", ""),
        ("CURRENCY", "usd"),
        ("CURRENCY", "EURO"),
        ("GS1_COMPANY_PREFIX", ""),
        ("GS1_COMPANY_PREFIX", "952"),
        ("GS1_COMPANY_PREFIX", "952123A"),
        ("RATE_LIMIT", "0/second"),
        ("DATABASE_URL", "zz"),
        ("DATABASE_URL", "mysql://x/y"),
        ("DATABASE_POOL_SIZE", "0"),
        ("DATABASE_LOCK_SECONDS", "0"),
        ("HOLDS_SYNCHRONOUS_COMMIT", "sometimes"),
        ("TRUSTED_PROXIES", "-1"),
        ("LOG_LEVEL", "LOUD"),
        ("SQLITE_SYNCHRONOUS", "OFF"),
        ("RATE_LIMIT", "often"),
        ("SCHEDULE_AUDIT", "every night"),
        ("SCHEDULE_ALLOCATION", "99 * * * *"),
    ],
)
def test_a_wrong_setting_stops_the_start_with_its_name(name, value):
    with pytest.raises(BadSetting, match=name.lower()):
        config.load({"FULFILLMENT_" + name: value})


@pytest.mark.parametrize(
    ("name", "value", "words"),
    [
        ("HOLD_TTL_SECONDS", "-1", "must be positive"),
        ("TARIFF_FIXED", "-1", "must not be negative"),
        ("WAVE_SECONDS", "inf", "must be finite"),
        ("WAVE_SECONDS", "soon", "'soon' is not a float"),
        ("WAVE_GAP", "2", "must not be more than 1"),
    ],
)
def test_a_number_out_of_range_is_told_why(name, value, words):
    with pytest.raises(BadSetting, match=words):
        config.load({"FULFILLMENT_" + name: value})


def test_a_number_of_a_file_that_is_no_whole_one_stops_the_start(tmp_path):
    file = tmp_path / "site.toml"
    file.write_text("hold_ttl_seconds = inf")
    with pytest.raises(BadSetting, match="hold_ttl_seconds: inf is not an int"):
        config.load({"FULFILLMENT_CONFIG": str(file)})


@pytest.mark.parametrize("url", ["postgres://u:p@h/d", "postgresql+psycopg://h/d", "sqlite:///x"])
def test_databases_of_both_kinds_are_taken(url):
    assert config.load({"FULFILLMENT_DATABASE_URL": url}).database_url == url


@pytest.mark.parametrize("text", ["currency =", "currency = 1\ncurrency = 2", "\x00"])
def test_a_file_that_is_not_toml_stops_the_start_with_its_path(tmp_path, text):
    file = tmp_path / "site.toml"
    file.write_text(text)
    with pytest.raises(BadSetting, match=r"site\.toml"):
        config.load({"FULFILLMENT_CONFIG": str(file)})


def test_a_file_that_is_missing_stops_the_start():
    with pytest.raises(BadSetting, match="nowhere"):
        config.load({"FULFILLMENT_CONFIG": "/nowhere.toml"})


def test_jobs_and_limits_can_be_switched_off():
    settings = config.load({"FULFILLMENT_RATE_LIMIT": "", "FULFILLMENT_SCHEDULE_AUDIT": ""})
    assert (settings.rate_limit, settings.schedule_audit) == ("", "")


def test_limits_can_be_switched_off_but_never_the_wait_for_a_lock():
    none = dict.fromkeys(("DATABASE_STATEMENT_SECONDS", "DATABASE_IDLE_SECONDS"), "0")
    settings = config.load({f"FULFILLMENT_{name}": value for name, value in none.items()})
    assert (settings.database_statement_seconds, settings.database_idle_seconds) == (0, 0)
    assert settings.database_lock_seconds > 0
