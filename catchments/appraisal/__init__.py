"""Yearly appraisal of schools (学校发展评价): a scheme as data, scores, ranks with their stability.

Tables and arrays in, tables out. The method is told in ``docs/methods/appraisal.md``.
"""
