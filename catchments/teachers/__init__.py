"""Teachers: who they are, how many the lesson plan needs, who retires, who may change schools.

Tables in, tables out. A teacher is a row of ``registry.teacher``; a post is the work of one
teacher at full load. :mod:`posts` sets posts against the lesson plan, :mod:`staff` counts heads,
:mod:`retirement` and :mod:`outlook` look ahead, :mod:`rotation` proposes who moves and
:mod:`rotation_proof` shows that nothing better exists.
"""
