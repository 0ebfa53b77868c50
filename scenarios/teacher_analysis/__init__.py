"""Scenario 6, teacher analysis (教师发展分析): teachers per pupil by stage, area and place."""
