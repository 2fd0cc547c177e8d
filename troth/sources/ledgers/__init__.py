"""Ledgers: files of the tables that stand beside procurement, in our templates or as published."""
