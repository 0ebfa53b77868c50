def export() -> None:
    """X."""
