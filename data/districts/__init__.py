"""One folder a district."""
