"""Scenario 7, student growth (学生成长评价): cohorts of children and the sizes of grades."""
