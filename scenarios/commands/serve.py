def serve() -> None:
    """X."""
