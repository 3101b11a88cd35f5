"""Carriers' adapters: how each kind of carrier rates, labels and manifests, and tells events."""
