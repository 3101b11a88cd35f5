"""The tiny room of notes, as a fixture."""

import pytest
from flask import Flask

from tests.platform import notes as room


@pytest.fixture
def notes(app: Flask) -> Flask:
    """The application with the room of notes in it."""
    room.add_to(app)
    return app
