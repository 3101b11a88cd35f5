"""The plumbing: database, HTTP edge, configuration, logs. It holds no rule of the business."""
