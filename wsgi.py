"""The entry point of WSGI servers and of `flask --app wsgi`."""

from fulfillment.app import create_app
from fulfillment.cli import main

app = create_app()
app.cli = main
