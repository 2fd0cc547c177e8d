"""Procurement: public money is awarded fairly."""
