"""Addresses of other offices placed in the district, and the queue of those that are not."""
