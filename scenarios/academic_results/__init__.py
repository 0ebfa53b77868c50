"""Scenario 8, academic results (学业成绩分析): classes and progression, the base of results."""
