"""Continuity: whoever takes office keeps the contracts and promises of those before."""
