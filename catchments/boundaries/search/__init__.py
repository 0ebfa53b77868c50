"""Annealing over connected divisions of whole units."""
