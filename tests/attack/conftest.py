import pytest


@pytest.fixture
def compiled():
    """The driver is heard at the dialect, so each application has one of its own."""
    return {}
