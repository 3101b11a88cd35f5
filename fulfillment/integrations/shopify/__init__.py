"""Shopify: we are a fulfillment service to it, with callbacks, and speak its GraphQL Admin API."""
