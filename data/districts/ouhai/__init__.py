"""Ouhai (瓯海区), Wenzhou: profile, real frame and sample generator."""
