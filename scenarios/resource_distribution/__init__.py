"""Scenario 3, resource distribution (教育资源分布): quality balance of schools."""
