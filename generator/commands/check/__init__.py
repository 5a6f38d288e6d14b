"""The command `check`: the output as a visitor meets it."""
