"""teachers: the register, heads, posts by subject, exchange between schools."""

import sqlalchemy as sa
from alembic import op

revision = '0012'
down_revision = '0011'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('teacher_rotation',
    sa.Column('run_id', sa.BigInteger(), nullable=False, comment='Run'),
    sa.Column('stage', sa.String(), nullable=False, comment='Stage of education'),
    sa.Column('subject', sa.String(), nullable=False, comment='Subject'),
    sa.Column('missing_posts', sa.Integer(), nullable=False, comment='Teachers missing at its schools'),
    sa.Column('movable_posts', sa.Integer(), nullable=False, comment='Teachers who may go and can be spared'),
    sa.Column('cleared_posts', sa.Integer(), nullable=False, comment='Missing teachers who arrive; each is one move'),
    sa.Column('most_cleared_posts', sa.Integer(), nullable=False, comment='No proposal clears more'),
    sa.Column('distance_m', sa.Double(), nullable=False, comment='Sum of the ways of all who move'),
    sa.Column('least_distance_m', sa.Double(), nullable=False, comment='No proposal that clears as many has less'),
    sa.Column('is_optimal', sa.Boolean(), nullable=False, comment='Whether both bounds are reached'),
    sa.Column('limit_m', sa.Double(), nullable=False, comment='Longest way of a move'),
    sa.CheckConstraint('cleared_posts >= 0', name=op.f('ck_teacher_rotation_cleared_posts')),
    sa.CheckConstraint('distance_m >= 0', name=op.f('ck_teacher_rotation_distance_m')),
    sa.CheckConstraint('limit_m >= 0', name=op.f('ck_teacher_rotation_limit_m')),
    sa.CheckConstraint('missing_posts >= 0', name=op.f('ck_teacher_rotation_missing_posts')),
    sa.CheckConstraint('most_cleared_posts >= 0', name=op.f('ck_teacher_rotation_most_cleared_posts')),
    sa.CheckConstraint('movable_posts >= 0', name=op.f('ck_teacher_rotation_movable_posts')),
    sa.ForeignKeyConstraint(['run_id'], ['onemap.run.id'], name=op.f('fk_teacher_rotation_run_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('run_id', 'stage', 'subject', name=op.f('pk_teacher_rotation')),
    schema='onemap',
    comment='What an exchange of teachers can clear, by stage and subject, with its proof'
    )
    op.create_table('teacher_year',
    sa.Column('run_id', sa.BigInteger(), nullable=False, comment='Run'),
    sa.Column('stage', sa.String(), nullable=False, comment='Stage of education'),
    sa.Column('year', sa.SmallInteger(), nullable=False, comment='Year in which the school year begins'),
    sa.Column('sort', sa.String(), nullable=False, comment='all, sex, degree, title, backbone or subject'),
    sa.Column('code', sa.String(), nullable=False, comment='Code of the sort'),
    sa.Column('teachers', sa.Integer(), nullable=False, comment='Teachers in service in the year'),
    sa.Column('entered_teachers', sa.Integer(), nullable=False, comment='Of them new in the district'),
    sa.Column('left_teachers', sa.Integer(), nullable=False, comment='Teachers who left in the year'),
    sa.CheckConstraint('entered_teachers >= 0', name=op.f('ck_teacher_year_entered_teachers')),
    sa.CheckConstraint('left_teachers >= 0', name=op.f('ck_teacher_year_left_teachers')),
    sa.CheckConstraint('teachers >= 0', name=op.f('ck_teacher_year_teachers')),
    sa.ForeignKeyConstraint(['run_id'], ['onemap.run.id'], name=op.f('fk_teacher_year_run_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('run_id', 'stage', 'year', 'sort', 'code', name=op.f('pk_teacher_year')),
    schema='onemap',
    comment='Teachers, intakes and departures of the district by school year; small cells'
    )
    op.create_table('teacher_count',
    sa.Column('run_id', sa.BigInteger(), nullable=False, comment='Run'),
    sa.Column('school_id', sa.BigInteger(), nullable=False, comment='School'),
    sa.Column('stage', sa.String(), nullable=False, comment='Stage of education'),
    sa.Column('sort', sa.String(), nullable=False, comment='all, sex, age, degree, title, backbone, tenure, subject; is_qualified, is_senior, is_backbone'),
    sa.Column('code', sa.String(), nullable=False, comment='Code of the sort; of bands the lower end'),
    sa.Column('teachers', sa.Integer(), nullable=False, comment='Teachers in service on the data date'),
    sa.CheckConstraint('teachers >= 1', name=op.f('ck_teacher_count_teachers')),
    sa.ForeignKeyConstraint(['run_id'], ['onemap.run.id'], name=op.f('fk_teacher_count_run_id'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['school_id'], ['onemap.school.id'], name=op.f('fk_teacher_count_school_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('run_id', 'school_id', 'stage', 'sort', 'code', name=op.f('pk_teacher_count')),
    schema='onemap',
    comment='Teachers of each school by what is known of them; small cells'
    )
    op.create_index(op.f('ix_teacher_count_school_id'), 'teacher_count', ['school_id'], unique=False, schema='onemap')
    op.create_table('teacher_move',
    sa.Column('run_id', sa.BigInteger(), nullable=False, comment='Run'),
    sa.Column('stage', sa.String(), nullable=False, comment='Stage of education'),
    sa.Column('subject', sa.String(), nullable=False, comment='Subject'),
    sa.Column('from_school_id', sa.BigInteger(), nullable=False, comment='School that gives'),
    sa.Column('to_school_id', sa.BigInteger(), nullable=False, comment='School that takes'),
    sa.Column('teachers', sa.Integer(), nullable=False, comment='Teachers who move'),
    sa.Column('distance_m', sa.Double(), nullable=False, comment='Way between the schools'),
    sa.CheckConstraint('distance_m >= 0', name=op.f('ck_teacher_move_distance_m')),
    sa.CheckConstraint('teachers >= 1', name=op.f('ck_teacher_move_teachers')),
    sa.ForeignKeyConstraint(['from_school_id'], ['onemap.school.id'], name=op.f('fk_teacher_move_from_school_id'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['run_id'], ['onemap.run.id'], name=op.f('fk_teacher_move_run_id'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['to_school_id'], ['onemap.school.id'], name=op.f('fk_teacher_move_to_school_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('run_id', 'stage', 'subject', 'from_school_id', 'to_school_id', name=op.f('pk_teacher_move')),
    schema='onemap',
    comment='Proposed exchange of teachers between schools (交流轮岗)'
    )
    op.create_index(op.f('ix_teacher_move_from_school_id'), 'teacher_move', ['from_school_id'], unique=False, schema='onemap')
    op.create_index(op.f('ix_teacher_move_to_school_id'), 'teacher_move', ['to_school_id'], unique=False, schema='onemap')
    op.create_table('teacher_post',
    sa.Column('run_id', sa.BigInteger(), nullable=False, comment='Run'),
    sa.Column('school_id', sa.BigInteger(), nullable=False, comment='School'),
    sa.Column('stage', sa.String(), nullable=False, comment='Stage of education'),
    sa.Column('subject', sa.String(), nullable=False, comment='Subject of the lesson plan'),
    sa.Column('year', sa.SmallInteger(), nullable=False, comment='Year in which the school year begins'),
    sa.Column('demand_posts', sa.Double(), nullable=False, comment='Posts that the lesson plan needs'),
    sa.Column('supply_posts', sa.Double(), nullable=False, comment="Posts filled by today's teachers"),
    sa.Column('missing_posts', sa.Integer(), nullable=False, comment='Teachers who are missing'),
    sa.Column('spare_posts', sa.Integer(), nullable=False, comment='Whole posts above the need'),
    sa.Column('cover_pct', sa.Double(), nullable=True, comment='Filled posts per 100 needed; empty where none are needed'),
    sa.Column('level', sa.String(), nullable=False, comment='none, yellow or red'),
    sa.CheckConstraint("level in ('none', 'yellow', 'red')", name=op.f('ck_teacher_post_level')),
    sa.CheckConstraint('demand_posts >= 0', name=op.f('ck_teacher_post_demand_posts')),
    sa.CheckConstraint('missing_posts >= 0', name=op.f('ck_teacher_post_missing_posts')),
    sa.CheckConstraint('spare_posts >= 0', name=op.f('ck_teacher_post_spare_posts')),
    sa.CheckConstraint('supply_posts >= 0', name=op.f('ck_teacher_post_supply_posts')),
    sa.ForeignKeyConstraint(['run_id'], ['onemap.run.id'], name=op.f('fk_teacher_post_run_id'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['school_id'], ['onemap.school.id'], name=op.f('fk_teacher_post_school_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('run_id', 'school_id', 'stage', 'subject', 'year', name=op.f('pk_teacher_post')),
    schema='onemap',
    comment='Posts needed and filled by school and subject, in the year of the register'
    )
    op.create_index(op.f('ix_teacher_post_school_id'), 'teacher_post', ['school_id'], unique=False, schema='onemap')
    op.create_table('teacher_post_ahead',
    sa.Column('run_id', sa.BigInteger(), nullable=False, comment='Run'),
    sa.Column('school_id', sa.BigInteger(), nullable=False, comment='School'),
    sa.Column('stage', sa.String(), nullable=False, comment='Stage of education'),
    sa.Column('subject', sa.String(), nullable=False, comment='Subject of the lesson plan'),
    sa.Column('year', sa.SmallInteger(), nullable=False, comment='Year in which the school year begins'),
    sa.Column('demand_posts', sa.Double(), nullable=False, comment='Posts that the lesson plan needs'),
    sa.Column('supply_posts', sa.Double(), nullable=False, comment="Posts filled by today's teachers"),
    sa.Column('missing_posts', sa.Integer(), nullable=False, comment='Teachers who are missing'),
    sa.Column('spare_posts', sa.Integer(), nullable=False, comment='Whole posts above the need'),
    sa.Column('cover_pct', sa.Double(), nullable=True, comment='Filled posts per 100 needed; empty where none are needed'),
    sa.Column('level', sa.String(), nullable=False, comment='none, yellow or red'),
    sa.Column('retired_posts', sa.Double(), nullable=False, comment='Posts whose teachers have retired since the register'),
    sa.CheckConstraint("level in ('none', 'yellow', 'red')", name=op.f('ck_teacher_post_ahead_level')),
    sa.CheckConstraint('demand_posts >= 0', name=op.f('ck_teacher_post_ahead_demand_posts')),
    sa.CheckConstraint('missing_posts >= 0', name=op.f('ck_teacher_post_ahead_missing_posts')),
    sa.CheckConstraint('spare_posts >= 0', name=op.f('ck_teacher_post_ahead_spare_posts')),
    sa.CheckConstraint('supply_posts >= 0', name=op.f('ck_teacher_post_ahead_supply_posts')),
    sa.ForeignKeyConstraint(['run_id'], ['onemap.run.id'], name=op.f('fk_teacher_post_ahead_run_id'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['school_id'], ['onemap.school.id'], name=op.f('fk_teacher_post_ahead_school_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('run_id', 'school_id', 'stage', 'subject', 'year', name=op.f('pk_teacher_post_ahead')),
    schema='onemap',
    comment='Posts needed, and still filled if nobody is hired, in years ahead; tells who retires'
    )
    op.create_index(op.f('ix_teacher_post_ahead_school_id'), 'teacher_post_ahead', ['school_id'], unique=False, schema='onemap')
    op.create_table('teacher',
    sa.Column('id', sa.BigInteger(), sa.Identity(always=False), nullable=False, comment='Teacher'),
    sa.Column('district_id', sa.BigInteger(), nullable=False, comment='District'),
    sa.Column('school_id', sa.BigInteger(), nullable=False, comment='School of service, or the last one'),
    sa.Column('code', sa.String(), nullable=False, comment='Pseudonym, stable over the years'),
    sa.Column('sex', sa.String(), nullable=False, comment='female or male'),
    sa.Column('born_on', sa.Date(), nullable=False, comment='Date of birth; of the day at least the month is right'),
    sa.Column('stage', sa.String(), nullable=False, comment='Stage of education that is taught'),
    sa.Column('subject', sa.String(), nullable=False, comment="Subject of the profile's lesson plan"),
    sa.Column('second_subject', sa.String(), nullable=True, comment='Further subject that is taught'),
    sa.Column('second_pct', sa.SmallInteger(), nullable=True, comment='Share of the work that it takes'),
    sa.Column('post_pct', sa.SmallInteger(), nullable=False, comment='Share of a whole post'),
    sa.Column('degree', sa.String(), nullable=False, comment="One of the profile's degrees"),
    sa.Column('title', sa.String(), nullable=False, comment="One of the profile's titles (职称)"),
    sa.Column('backbone', sa.String(), nullable=False, comment="One of the profile's levels of backbone teachers (骨干)"),
    sa.Column('entered_on', sa.Date(), nullable=False, comment="First day in the district's service"),
    sa.Column('at_school_since', sa.Date(), nullable=False, comment='First day at the school'),
    sa.Column('left_on', sa.Date(), nullable=True, comment="Last day in the district's service; empty while in service"),
    sa.CheckConstraint("sex in ('female', 'male')", name=op.f('ck_teacher_sex')),
    sa.CheckConstraint('at_school_since >= entered_on', name=op.f('ck_teacher_school_order')),
    sa.CheckConstraint('entered_on >= born_on', name=op.f('ck_teacher_entered_order')),
    sa.CheckConstraint('left_on >= at_school_since', name=op.f('ck_teacher_left_order')),
    sa.CheckConstraint('post_pct >= 1 and post_pct <= 100', name=op.f('ck_teacher_post_pct')),
    sa.CheckConstraint('second_pct >= 0 and second_pct <= 100', name=op.f('ck_teacher_second_pct')),
    sa.ForeignKeyConstraint(['district_id'], ['onemap.district.id'], name=op.f('fk_teacher_district_id'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['school_id'], ['onemap.school.id'], name=op.f('fk_teacher_school_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_teacher')),
    sa.UniqueConstraint('district_id', 'code', name=op.f('uq_teacher_district_id_code')),
    schema='registry',
    comment="Teachers of the district's schools, those who left in past years included"
    )
    op.create_index(op.f('ix_teacher_school_id'), 'teacher', ['school_id'], unique=False, schema='registry')


def downgrade() -> None:
    for name in ('teacher_move', 'teacher_rotation', 'teacher_post_ahead', 'teacher_post', 'teacher_year', 'teacher_count'):
        op.drop_table(name, schema='onemap')
    op.drop_table('teacher', schema='registry')
