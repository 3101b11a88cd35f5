"""`python -m fulfillment.cli`, by which one process of ours starts another."""

from fulfillment.cli import main

main(prog_name="fulfillment")
