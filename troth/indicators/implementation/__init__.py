"""Implementation: what was announced is carried out."""
