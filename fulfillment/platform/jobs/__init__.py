"""Jobs that run by the clock: the timetable's rows, the book of their runs, and who follows it."""

from fulfillment.platform.jobs.models import JobRun, Schedule
from fulfillment.platform.jobs.work import Job

__all__ = ["Job", "JobRun", "Schedule"]
