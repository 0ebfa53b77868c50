"""Admission: rules as data, batches, scores, seats, locks and placement of the unseated.

Tables in, tables out: see :mod:`catchments.admission.admitting`.
"""
