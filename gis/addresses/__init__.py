"""Addresses as people write them, and the places of the district that they mean.

:mod:`writing` takes the noise off a text, :mod:`parsing` cuts it at its numbers, :mod:`names` reads the
names between them, :mod:`base` holds what the district's own tables know, :mod:`candidates` sets
one beside the other, :mod:`matching` decides or leaves it to a person. Nothing asks a network.
"""
