"""Districts: profiles, rules and sample data."""
