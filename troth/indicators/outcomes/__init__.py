"""Outcomes: what people, suppliers and lenders see of it. They check the index and never enter it."""
