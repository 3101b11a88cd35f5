"""The entry point of WSGI servers and of `flask --app wsgi`."""

from fulfillment.app import create_app
from fulfillment.cli import main
from fulfillment.platform import migrations

app = create_app()
app.cli = main
migrations.init_app(app)  # for `flask db`: the application itself knows no alembic
