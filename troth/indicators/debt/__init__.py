"""Debt: suppliers, lenders and courts are paid."""
