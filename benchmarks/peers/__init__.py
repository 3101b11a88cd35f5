"""Where the peers are installed: never in the product's own environment."""

from pathlib import Path

HERE = Path(__file__).parent
OSCAR = HERE / ".oscar"
OSCAR_PYTHON = OSCAR / "bin" / "python"
OSCAR_SHOP = HERE / "oscar_shop"
MEDUSA = HERE / "medusa"
MEDUSA_MODULES = MEDUSA / "node_modules"
