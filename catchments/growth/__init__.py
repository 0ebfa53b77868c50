"""Growth of pupils in five domains (德智体美劳): records, levels by rules, change over time."""
