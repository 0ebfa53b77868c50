"""Marks of pupils: how items and papers work, what schools add, where classes are weak."""
