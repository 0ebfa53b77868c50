"""Addresses as people write them, and the places of the district that they mean.

:mod:`writing` takes the noise off a text, :mod:`parsing` cuts it at its numbers and
:mod:`reading` does so for very many, :mod:`names` reads the names between the numbers,
:mod:`base` holds what the district's own tables know, :mod:`candidates` and :mod:`areas` set one
beside the other, :mod:`matching` decides or leaves it to a person, :mod:`decisions` remembers
what people decided. Nothing asks a network.
"""
