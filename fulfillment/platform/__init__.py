"""The plumbing: database, HTTP edge, configuration, logs. It holds no rule of the business."""

from fulfillment.platform.later import without

# Rich would draw the tracebacks of console logs in colour, and takes 0.04 s of every start for it.
with without("rich"):
    import structlog  # noqa: F401
