"""What customers send back: announced, received, and tied to what was shipped."""
