"""Transparency: what is public is published, and who asks is answered."""
