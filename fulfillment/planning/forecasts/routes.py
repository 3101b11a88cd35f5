"""Forecasts over HTTP."""

from typing import Any

from fulfillment.planning.forecasts import queries, schemas
from fulfillment.platform.http import Room

routes = Room("forecasts", __name__, "Forecasts: what will be asked for, and how sure that is")


@routes.lists(
    "/forecasts", query=schemas.ForecastQuery, item=schemas.ForecastOut, row=schemas.ForecastRow
)
def list_forecasts(query: dict[str, Any]) -> Any:
    """List the latest forecasts by SKU and facility."""
    return queries.page(query)


@routes.reads("/forecasts/<facility>/<path:sku>", returns=schemas.ForecastOut)
def get_forecast(facility: str, sku: str) -> Any:
    """Read what a facility's customers will ask of a SKU."""
    return queries.get(facility, sku)


@routes.lists("/forecast-runs", item=schemas.ForecastRunOut, row=schemas.ForecastRunRow)
def list_forecast_runs(query: dict[str, Any]) -> Any:
    """List forecast runs with their accuracy, oldest first."""
    return queries.runs(query)
