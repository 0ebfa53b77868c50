"""Scenario 8, academic results (学业成绩分析): papers, schools with intervals, weak items."""
