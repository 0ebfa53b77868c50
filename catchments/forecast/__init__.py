"""How many children and pupils to expect, and how far off that may be."""
