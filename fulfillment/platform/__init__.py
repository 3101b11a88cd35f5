"""The plumbing: database, HTTP edge, configuration, logs. It holds no rule of the business."""

from fulfillment.platform.later import without

# Rich would draw the tracebacks of text logs in colour: that takes longer to import than Flask.
with without("rich"):
    import structlog  # noqa: F401
