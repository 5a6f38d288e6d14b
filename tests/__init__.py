"""Tests mirror the package: `test_NAME.py` is about `generator/NAME.py`."""
