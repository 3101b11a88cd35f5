"""The plumbing: database, HTTP edge, configuration, logs. It knows nothing of stock or orders."""
