"""Scenario 4, project monitoring (投资项目监测): every stage of every building."""
