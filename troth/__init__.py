"""Troth measures whether public bodies keep their word."""

__version__ = "0.1.0"
