"""Scenario 7, student growth (学生成长评价): levels in five domains, by rules, and their change."""
