"""Scenario 2, enrolment early warning (入学预警分析): children, seats, shortfalls."""
