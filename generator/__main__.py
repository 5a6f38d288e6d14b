"""`python -m generator` is the `threadpress` command."""

from generator.cli import main

main()
