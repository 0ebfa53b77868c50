"""pupils: growth records and levels, papers, marks, value added."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = '0013'
down_revision = '0012'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('growth_rule',
    sa.Column('district_id', sa.BigInteger(), nullable=False, comment='District'),
    sa.Column('code', sa.String(), nullable=False, comment='Code of the rules'),
    sa.Column('version', sa.String(), nullable=False, comment='SHA-256 of the text'),
    sa.Column('text', sa.String(), nullable=False, comment='The rules as they were read'),
    sa.Column('loaded_at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False, comment='When'),
    sa.ForeignKeyConstraint(['district_id'], ['onemap.district.id'], name=op.f('fk_growth_rule_district_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('district_id', name=op.f('pk_growth_rule')),
    schema='onemap',
    comment='Rules that turn records of growth into levels'
    )
    op.create_table('paper',
    sa.Column('id', sa.BigInteger(), sa.Identity(always=False), nullable=False, comment='Paper'),
    sa.Column('district_id', sa.BigInteger(), nullable=False, comment='District'),
    sa.Column('code', sa.String(), nullable=False, comment='Short name used in commands'),
    sa.Column('name_zh', sa.String(), nullable=False, comment='Name in Chinese'),
    sa.Column('name_en', sa.String(), nullable=True, comment='Name in English'),
    sa.Column('subject', sa.String(), nullable=False, comment='Subject'),
    sa.Column('stage', sa.String(), nullable=False, comment='Stage of education'),
    sa.Column('grade', sa.SmallInteger(), nullable=False, comment='Grade that sat it'),
    sa.Column('year', sa.SmallInteger(), nullable=False, comment='Year in which that school year began'),
    sa.Column('held_on', sa.Date(), nullable=False, comment='Day on which it was sat'),
    sa.Column('full_marks', sa.Double(), nullable=False, comment='Full marks'),
    sa.Column('prior_code', sa.String(), nullable=True, comment='Earlier paper that tells prior attainment; empty: none'),
    sa.CheckConstraint('full_marks >= 1', name=op.f('ck_paper_full_marks')),
    sa.CheckConstraint('grade >= 1', name=op.f('ck_paper_grade')),
    sa.ForeignKeyConstraint(['district_id'], ['onemap.district.id'], name=op.f('fk_paper_district_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_paper')),
    sa.UniqueConstraint('district_id', 'code', name=op.f('uq_paper_district_id_code')),
    schema='onemap',
    comment='Papers that a grade of the district sat'
    )
    op.create_table('paper_item',
    sa.Column('paper_id', sa.BigInteger(), nullable=False, comment='Paper'),
    sa.Column('number', sa.SmallInteger(), nullable=False, comment='Number of the item, from 1'),
    sa.Column('full_marks', sa.Double(), nullable=False, comment='Full marks of the item'),
    sa.Column('knowledge_point', sa.String(), nullable=False, comment='What the item asks for (知识点)'),
    sa.CheckConstraint('full_marks >= 0', name=op.f('ck_paper_item_full_marks')),
    sa.CheckConstraint('number >= 1', name=op.f('ck_paper_item_number')),
    sa.ForeignKeyConstraint(['paper_id'], ['onemap.paper.id'], name=op.f('fk_paper_item_paper_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('paper_id', 'number', name=op.f('pk_paper_item')),
    schema='onemap',
    comment='Items of a paper'
    )
    op.create_table('item_measure',
    sa.Column('run_id', sa.BigInteger(), nullable=False, comment='Run'),
    sa.Column('paper_id', sa.BigInteger(), nullable=False, comment='Paper'),
    sa.Column('number', sa.SmallInteger(), nullable=False, comment='Item'),
    sa.Column('difficulty', sa.Double(), nullable=True, comment='Share of full marks gained (难度); 1: everybody has all'),
    sa.Column('discrimination', sa.Double(), nullable=True, comment='Share of the best 27 % less that of the weakest 27 %'),
    sa.Column('item_rest_correlation', sa.Double(), nullable=True, comment='Correlation with the marks of all other items'),
    sa.Column('unknown_pct', sa.Double(), nullable=True, comment='Share of pupils whose mark is not known'),
    sa.ForeignKeyConstraint(['paper_id'], ['onemap.paper.id'], name=op.f('fk_item_measure_paper_id'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['run_id'], ['onemap.run.id'], name=op.f('fk_item_measure_run_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('run_id', 'paper_id', 'number', name=op.f('pk_item_measure')),
    schema='onemap',
    comment='How each item of a paper worked'
    )
    op.create_index(op.f('ix_item_measure_paper_id'), 'item_measure', ['paper_id'], unique=False, schema='onemap')
    op.create_table('paper_measure',
    sa.Column('run_id', sa.BigInteger(), nullable=False, comment='Run'),
    sa.Column('paper_id', sa.BigInteger(), nullable=False, comment='Paper'),
    sa.Column('pupils', sa.Integer(), nullable=False, comment='Pupils with a result, the absent too'),
    sa.Column('absent', sa.Integer(), nullable=True, comment='Of them absent; empty: hidden'),
    sa.Column('mean_points', sa.Double(), nullable=True, comment='Mean of those who sat it'),
    sa.Column('spread_points', sa.Double(), nullable=True, comment='Standard deviation of those who sat it'),
    sa.Column('alpha', sa.Double(), nullable=True, comment="Reliability: Cronbach's alpha"),
    sa.Column('alpha_low', sa.Double(), nullable=True, comment='Lower end of its interval'),
    sa.Column('alpha_high', sa.Double(), nullable=True, comment='Upper end of its interval'),
    sa.Column('error_points', sa.Double(), nullable=True, comment="Standard error of measurement of one pupil's marks"),
    sa.Column('bands', postgresql.JSONB(astext_type=sa.Text()), nullable=False, comment='Pupils by band of marks: from, to, pupils (missing: hidden)'),
    sa.Column('model', postgresql.JSONB(astext_type=sa.Text()), nullable=False, comment='Model of value added: variances, coefficients, test, pupils'),
    sa.CheckConstraint('absent >= 0', name=op.f('ck_paper_measure_absent')),
    sa.CheckConstraint('pupils >= 0', name=op.f('ck_paper_measure_pupils')),
    sa.ForeignKeyConstraint(['paper_id'], ['onemap.paper.id'], name=op.f('fk_paper_measure_paper_id'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['run_id'], ['onemap.run.id'], name=op.f('fk_paper_measure_run_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('run_id', 'paper_id', name=op.f('pk_paper_measure')),
    schema='onemap',
    comment='How a paper worked: distribution, reliability, and the model of value added'
    )
    op.create_index(op.f('ix_paper_measure_paper_id'), 'paper_measure', ['paper_id'], unique=False, schema='onemap')
    op.create_table('class_weakness',
    sa.Column('run_id', sa.BigInteger(), nullable=False, comment='Run'),
    sa.Column('paper_id', sa.BigInteger(), nullable=False, comment='Paper'),
    sa.Column('school_id', sa.BigInteger(), nullable=False, comment='School'),
    sa.Column('class_number', sa.SmallInteger(), nullable=False, comment='Class'),
    sa.Column('number', sa.SmallInteger(), nullable=False, comment='Item'),
    sa.Column('difference_pct', sa.Double(), nullable=False, comment='Points of share gained above the rest of the district'),
    sa.Column('difference_low_pct', sa.Double(), nullable=False, comment='Lower end of its interval'),
    sa.Column('difference_high_pct', sa.Double(), nullable=False, comment='Upper end of its interval'),
    sa.Column('beside_own_pct', sa.Double(), nullable=False, comment='The same, less what the class lies above in all items'),
    sa.Column('chance', sa.Double(), nullable=False, comment='Chance of such a difference without a cause, discovery controlled'),
    sa.Column('is_weak', sa.Boolean(), nullable=False, comment='Below the district by more than chance'),
    sa.ForeignKeyConstraint(['paper_id'], ['onemap.paper.id'], name=op.f('fk_class_weakness_paper_id'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['run_id'], ['onemap.run.id'], name=op.f('fk_class_weakness_run_id'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['school_id'], ['onemap.school.id'], name=op.f('fk_class_weakness_school_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('run_id', 'paper_id', 'school_id', 'class_number', 'number', name=op.f('pk_class_weakness')),
    schema='onemap',
    comment='Each item in each class against the rest of the district'
    )
    op.create_index(op.f('ix_class_weakness_paper_id'), 'class_weakness', ['paper_id'], unique=False, schema='onemap')
    op.create_index(op.f('ix_class_weakness_run_id_paper_id_is_weak'), 'class_weakness', ['run_id', 'paper_id', 'is_weak'], unique=False, schema='onemap')
    op.create_index(op.f('ix_class_weakness_school_id'), 'class_weakness', ['school_id'], unique=False, schema='onemap')
    op.create_table('growth_change',
    sa.Column('run_id', sa.BigInteger(), nullable=False, comment='Run'),
    sa.Column('stage', sa.String(), nullable=False, comment='Stage of education'),
    sa.Column('grade', sa.SmallInteger(), nullable=True, comment='Grade of the class; empty: all grades with records'),
    sa.Column('school_id', sa.BigInteger(), nullable=True, comment='School; empty: the district'),
    sa.Column('class_number', sa.SmallInteger(), nullable=True, comment='Class; empty: the whole school or district'),
    sa.Column('domain', sa.String(), nullable=False, comment='Domain of growth'),
    sa.Column('pupils', sa.Integer(), nullable=False, comment='Pupils with a level in both years'),
    sa.Column('net_pct', sa.Double(), nullable=False, comment='Share of pupils who rose less share of those who fell'),
    sa.Column('net_low_pct', sa.Double(), nullable=False, comment='Lower end of its interval'),
    sa.Column('net_high_pct', sa.Double(), nullable=False, comment='Upper end of its interval'),
    sa.Column('chance', sa.Double(), nullable=True, comment='Chance of such a difference without change, after discovery control'),
    sa.Column('state', sa.String(), nullable=False, comment='up, down or within (what chance alone brings)'),
    sa.CheckConstraint('pupils >= 0', name=op.f('ck_growth_change_pupils')),
    sa.ForeignKeyConstraint(['run_id'], ['onemap.run.id'], name=op.f('fk_growth_change_run_id'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['school_id'], ['onemap.school.id'], name=op.f('fk_growth_change_school_id'), ondelete='CASCADE'),
    schema='onemap',
    comment='Whether more pupils rose than fell, with its uncertainty'
    )
    op.create_index(op.f('ix_growth_change_run_id'), 'growth_change', ['run_id'], unique=False, schema='onemap')
    op.create_index(op.f('ix_growth_change_school_id'), 'growth_change', ['school_id'], unique=False, schema='onemap')
    op.create_table('growth_count',
    sa.Column('run_id', sa.BigInteger(), nullable=False, comment='Run'),
    sa.Column('stage', sa.String(), nullable=False, comment='Stage of education'),
    sa.Column('grade', sa.SmallInteger(), nullable=True, comment='Grade of the class; empty: all grades with records'),
    sa.Column('school_id', sa.BigInteger(), nullable=True, comment='School; empty: the district'),
    sa.Column('class_number', sa.SmallInteger(), nullable=True, comment='Class; empty: the whole school or district'),
    sa.Column('year', sa.SmallInteger(), nullable=False, comment='Year in which the school year began'),
    sa.Column('domain', sa.String(), nullable=False, comment='Domain of growth, or overall'),
    sa.Column('level', sa.String(), nullable=False, comment='Level or growth grade by the rules; unrated: no record counted'),
    sa.Column('pupils', sa.Integer(), nullable=True, comment='Pupils; empty: hidden, being few or giving few away'),
    sa.Column('of_pupils', sa.Integer(), nullable=True, comment='Pupils of the place at all levels; empty: few'),
    sa.CheckConstraint('of_pupils >= 0', name=op.f('ck_growth_count_of_pupils')),
    sa.CheckConstraint('pupils >= 0', name=op.f('ck_growth_count_pupils')),
    sa.ForeignKeyConstraint(['run_id'], ['onemap.run.id'], name=op.f('fk_growth_count_run_id'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['school_id'], ['onemap.school.id'], name=op.f('fk_growth_count_school_id'), ondelete='CASCADE'),
    schema='onemap',
    comment='Pupils by level of growth: district, school, class'
    )
    op.create_index(op.f('ix_growth_count_run_id'), 'growth_count', ['run_id'], unique=False, schema='onemap')
    op.create_index(op.f('ix_growth_count_school_id'), 'growth_count', ['school_id'], unique=False, schema='onemap')
    op.create_table('growth_transition',
    sa.Column('run_id', sa.BigInteger(), nullable=False, comment='Run'),
    sa.Column('stage', sa.String(), nullable=False, comment='Stage of education'),
    sa.Column('grade', sa.SmallInteger(), nullable=True, comment='Grade of the class; empty: all grades with records'),
    sa.Column('school_id', sa.BigInteger(), nullable=True, comment='School; empty: the district'),
    sa.Column('class_number', sa.SmallInteger(), nullable=True, comment='Class; empty: the whole school or district'),
    sa.Column('domain', sa.String(), nullable=False, comment='Domain of growth'),
    sa.Column('level_before', sa.String(), nullable=False, comment='Level in the year before'),
    sa.Column('level', sa.String(), nullable=False, comment='Level in the newest year'),
    sa.Column('pupils', sa.Integer(), nullable=True, comment='Pupils; empty: hidden, being few or giving few away'),
    sa.CheckConstraint('pupils >= 0', name=op.f('ck_growth_transition_pupils')),
    sa.ForeignKeyConstraint(['run_id'], ['onemap.run.id'], name=op.f('fk_growth_transition_run_id'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['school_id'], ['onemap.school.id'], name=op.f('fk_growth_transition_school_id'), ondelete='CASCADE'),
    schema='onemap',
    comment='From which level to which pupils went within a year'
    )
    op.create_index(op.f('ix_growth_transition_run_id'), 'growth_transition', ['run_id'], unique=False, schema='onemap')
    op.create_index(op.f('ix_growth_transition_school_id'), 'growth_transition', ['school_id'], unique=False, schema='onemap')
    op.create_table('school_attainment',
    sa.Column('run_id', sa.BigInteger(), nullable=False, comment='Run'),
    sa.Column('paper_id', sa.BigInteger(), nullable=False, comment='Paper'),
    sa.Column('school_id', sa.BigInteger(), nullable=False, comment='School'),
    sa.Column('pupils', sa.Integer(), nullable=True, comment='Pupils with a result, the absent too; empty: hidden'),
    sa.Column('absent', sa.Integer(), nullable=True, comment='Of them absent; empty: hidden'),
    sa.Column('mean_points', sa.Double(), nullable=True, comment='Mean; empty below the least number of pupils'),
    sa.Column('mean_low', sa.Double(), nullable=True, comment='Lower end of its interval'),
    sa.Column('mean_high', sa.Double(), nullable=True, comment='Upper end of its interval'),
    sa.Column('spread_points', sa.Double(), nullable=True, comment='Standard deviation'),
    sa.Column('p10_points', sa.Double(), nullable=True, comment='10 % of the pupils have less'),
    sa.Column('p25_points', sa.Double(), nullable=True, comment='25 % have less'),
    sa.Column('p50_points', sa.Double(), nullable=True, comment='Median'),
    sa.Column('p75_points', sa.Double(), nullable=True, comment='25 % have more'),
    sa.Column('p90_points', sa.Double(), nullable=True, comment='10 % have more'),
    sa.Column('value_added_points', sa.Double(), nullable=True, comment='Shrunken effect of the school beside prior attainment'),
    sa.Column('value_added_low', sa.Double(), nullable=True, comment='Lower end of its interval'),
    sa.Column('value_added_high', sa.Double(), nullable=True, comment='Upper end of its interval'),
    sa.Column('state', sa.String(), nullable=False, comment='above, below, within, few (pupils) or unmeasured'),
    sa.CheckConstraint('absent >= 0', name=op.f('ck_school_attainment_absent')),
    sa.CheckConstraint('pupils >= 0', name=op.f('ck_school_attainment_pupils')),
    sa.ForeignKeyConstraint(['paper_id'], ['onemap.paper.id'], name=op.f('fk_school_attainment_paper_id'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['run_id'], ['onemap.run.id'], name=op.f('fk_school_attainment_run_id'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['school_id'], ['onemap.school.id'], name=op.f('fk_school_attainment_school_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('run_id', 'paper_id', 'school_id', name=op.f('pk_school_attainment')),
    schema='onemap',
    comment='Marks of a school in a paper, and its value added with an interval'
    )
    op.create_index(op.f('ix_school_attainment_paper_id'), 'school_attainment', ['paper_id'], unique=False, schema='onemap')
    op.create_index(op.f('ix_school_attainment_school_id'), 'school_attainment', ['school_id'], unique=False, schema='onemap')
    op.create_table('pupil',
    sa.Column('id', sa.BigInteger(), sa.Identity(always=False), nullable=False, comment='Pupil'),
    sa.Column('district_id', sa.BigInteger(), nullable=False, comment='District'),
    sa.Column('code', sa.String(), nullable=False, comment='Pseudonym, stable over the years'),
    sa.Column('school_id', sa.BigInteger(), nullable=False, comment='School'),
    sa.Column('stage', sa.String(), nullable=False, comment='Stage of education'),
    sa.Column('grade', sa.SmallInteger(), nullable=False, comment='Grade within the stage, from 1'),
    sa.Column('class_number', sa.SmallInteger(), nullable=False, comment='Class within school, stage and grade'),
    sa.Column('year', sa.SmallInteger(), nullable=False, comment='Year in which that school year began'),
    sa.CheckConstraint('class_number >= 1', name=op.f('ck_pupil_class_number')),
    sa.CheckConstraint('grade >= 1', name=op.f('ck_pupil_grade')),
    sa.ForeignKeyConstraint(['district_id'], ['onemap.district.id'], name=op.f('fk_pupil_district_id'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['school_id'], ['onemap.school.id'], name=op.f('fk_pupil_school_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_pupil')),
    sa.UniqueConstraint('district_id', 'code', name=op.f('uq_pupil_district_id_code')),
    schema='registry',
    comment='Pupils on the register of schools, by pseudonym'
    )
    op.create_index(op.f('ix_pupil_school_id'), 'pupil', ['school_id'], unique=False, schema='registry')
    op.create_table('growth_record',
    sa.Column('pupil_id', sa.BigInteger(), nullable=False, comment='Pupil'),
    sa.Column('event', sa.String(), nullable=False, comment='What was observed, by the codes of the rules'),
    sa.Column('recorded_on', sa.Date(), nullable=False, comment='Day of the event'),
    sa.Column('domain', sa.String(), nullable=False, comment='moral, intellectual, physical, aesthetic or labour'),
    sa.Column('points', sa.Double(), nullable=False, comment='Points given for it'),
    sa.Column('recorded_by', sa.String(), nullable=False, comment='Office that recorded it: teacher, club, family …'),
    sa.CheckConstraint("domain in ('moral', 'intellectual', 'physical', 'aesthetic', 'labour')", name=op.f('ck_growth_record_domain')),
    sa.CheckConstraint('points >= 0', name=op.f('ck_growth_record_points')),
    sa.ForeignKeyConstraint(['pupil_id'], ['registry.pupil.id'], name=op.f('fk_growth_record_pupil_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('pupil_id', 'event', 'recorded_on', name=op.f('pk_growth_record')),
    schema='registry',
    comment='Process events of pupils in the five domains of growth (德智体美劳)'
    )
    op.create_table('paper_result',
    sa.Column('pupil_id', sa.BigInteger(), nullable=False, comment='Pupil'),
    sa.Column('paper_id', sa.BigInteger(), nullable=False, comment='Paper'),
    sa.Column('absent', sa.Boolean(), nullable=False, comment='Did not sit the paper; whoever sat it and has no mark has 0'),
    sa.Column('points', sa.Double(), nullable=True, comment='Marks in all; empty for the absent'),
    sa.Column('item_points', sa.String(), nullable=True, comment='Marks by item in the order of numbers, blanks between; - where a mark is not known'),
    sa.CheckConstraint('points >= 0', name=op.f('ck_paper_result_points')),
    sa.ForeignKeyConstraint(['paper_id'], ['onemap.paper.id'], name=op.f('fk_paper_result_paper_id'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['pupil_id'], ['registry.pupil.id'], name=op.f('fk_paper_result_pupil_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('pupil_id', 'paper_id', name=op.f('pk_paper_result')),
    schema='registry',
    comment='Marks of a pupil in a paper, one row whatever the number of items'
    )
    op.create_index(op.f('ix_paper_result_paper_id'), 'paper_result', ['paper_id'], unique=False, schema='registry')


def downgrade() -> None:
    op.drop_table('paper_result', schema='registry')
    op.drop_table('growth_record', schema='registry')
    op.drop_table('pupil', schema='registry')
    op.drop_table('school_attainment', schema='onemap')
    op.drop_table('growth_transition', schema='onemap')
    op.drop_table('growth_count', schema='onemap')
    op.drop_table('growth_change', schema='onemap')
    op.drop_table('class_weakness', schema='onemap')
    op.drop_table('paper_measure', schema='onemap')
    op.drop_table('item_measure', schema='onemap')
    op.drop_table('paper_item', schema='onemap')
    op.drop_table('paper', schema='onemap')
    op.drop_table('growth_rule', schema='onemap')
