"""Shapes of the timetable's API."""

from datetime import timedelta
from typing import Any

from marshmallow import Schema, ValidationError, fields, validate, validates_schema

from fulfillment.platform import clock, cron
from fulfillment.platform.fields import flag, moment, text
from fulfillment.platform.jobs.hours import closest
from fulfillment.platform.pages import PageQuery

MOST_JITTER = 3600


class ScheduleIn(Schema):
    """When a job runs: crontab's five fields, by the clocks of a time zone."""

    cron = text(
        200,
        required=True,
        metadata={
            "description": "Minute, hour, day of month, month, weekday (0 and 7: Sunday). A time "
            "that the clocks skip is kept when they skip it, one that they show twice once; where "
            "the hour is *, real time counts."
        },
    )
    timezone = text(64, load_default="UTC", metadata={"description": "IANA name."})
    enabled = flag(load_default=True)
    jitter_seconds = fields.Integer(
        strict=True,
        load_default=0,
        validate=validate.Range(0, MOST_JITTER),
        metadata={"description": "A run starts at most so much later, by chance."},
    )

    @validates_schema(skip_on_field_errors=True)
    def comes(self, data: dict[str, Any], **_: Any) -> None:
        """Refuse hours that cannot be read, never come, or come before the last ones are over."""
        if not cron.is_zone(data["timezone"]):
            raise ValidationError("Must be an IANA time zone, such as Europe/Berlin.", "timezone")
        try:
            hours = cron.read(data["cron"], data["timezone"])
        except cron.BadCron as error:
            raise ValidationError(str(error), "cron") from error
        shortest = closest(hours, clock.now()) if data["jitter_seconds"] else None
        if shortest and timedelta(seconds=data["jitter_seconds"]) >= shortest:
            told = f"Must be less than the {shortest.total_seconds():.0f} seconds between two runs."
            raise ValidationError(told, "jitter_seconds")


class RunOut(Schema):
    """A run of a job; `scheduled_for` is its moment, or when somebody asked for it."""

    job = fields.String()
    scheduled_for = fields.AwareDateTime(format="iso")
    asked_by = fields.String(metadata={"description": "`clock`, or who asked."})
    status = fields.String(
        validate=validate.OneOf(["queued", "running", "done", "failed", "abandoned"])
    )
    started_at = fields.AwareDateTime(format="iso", allow_none=True)
    finished_at = fields.AwareDateTime(format="iso", allow_none=True)
    seconds = fields.Float(allow_none=True)
    detail = fields.String(allow_none=True)


class ScheduleRow(Schema):
    """When a job runs, and when next."""

    name = fields.String()
    cron = fields.String()
    timezone = fields.String()
    enabled = fields.Boolean()
    jitter_seconds = fields.Integer()
    next_run = fields.AwareDateTime(format="iso", allow_none=True)
    updated_at = fields.AwareDateTime(format="iso")
    updated_by = fields.String()
    version = fields.Integer()


class ScheduleItem(ScheduleRow):
    """A schedule with its latest run."""

    last_run = fields.Nested(RunOut, allow_none=True)


class ScheduleOut(ScheduleRow):
    """A schedule with its latest runs, the last one first."""

    last_runs = fields.List(fields.Nested(RunOut))


class RunQuery(PageQuery):
    """Which runs."""

    since = moment(data_key="from", load_default=None)
    until = moment(data_key="to", load_default=None)
