"""warnings: children by age and batch, ways by catchment, the life of warnings."""

import sqlalchemy as sa
from alembic import op

revision = '0008'
down_revision = '0007'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('warning',
    sa.Column('id', sa.BigInteger(), sa.Identity(always=False), nullable=False, comment='Warning'),
    sa.Column('district_code', sa.String(), nullable=False, comment='Code of the district'),
    sa.Column('plan_code', sa.String(), nullable=False, comment='Plan whose catchment it speaks of'),
    sa.Column('stage', sa.String(), nullable=False, comment='Stage of education'),
    sa.Column('school_code', sa.String(), nullable=False, comment='School of the catchment'),
    sa.Column('year', sa.SmallInteger(), nullable=False, comment='Year in which the school year begins'),
    sa.Column('level', sa.String(), nullable=False, comment='yellow or red; none once it is cleared'),
    sa.Column('raised_at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False, comment='When first raised'),
    sa.Column('raised_by_run', sa.BigInteger(), nullable=False, comment='Run that first raised it'),
    sa.CheckConstraint("level in ('none', 'yellow', 'red')", name=op.f('ck_warning_level')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_warning')),
    sa.UniqueConstraint('district_code', 'plan_code', 'stage', 'school_code', 'year', name=op.f('uq_warning_district_code_plan_code_stage_school_code_year')),
    schema='onemap',
    comment='Enrolment warnings of the plan in force, from being raised to being cleared'
    )
    op.create_table('warning_event',
    sa.Column('id', sa.BigInteger(), sa.Identity(always=False), nullable=False, comment='Event'),
    sa.Column('warning_id', sa.BigInteger(), nullable=False, comment='Warning'),
    sa.Column('kind', sa.String(), nullable=False, comment='raised, acknowledged, measure, expected_to_clear, cleared or reopened'),
    sa.Column('at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False, comment='When'),
    sa.Column('who', sa.String(), nullable=False, comment='Name of the officer, or the account whose run it was'),
    sa.Column('level', sa.String(), nullable=True, comment='Level that a run found'),
    sa.Column('text', sa.String(), nullable=True, comment='What was said or decided'),
    sa.Column('expected_year', sa.SmallInteger(), nullable=True, comment='Year from which it is expected to be cleared'),
    sa.Column('run_id', sa.BigInteger(), nullable=True, comment='Run that raised or cleared it'),
    sa.CheckConstraint("kind in ('raised', 'acknowledged', 'measure', 'expected_to_clear', 'cleared', 'reopened')", name=op.f('ck_warning_event_kind')),
    sa.ForeignKeyConstraint(['warning_id'], ['onemap.warning.id'], name=op.f('fk_warning_event_warning_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_warning_event')),
    schema='onemap',
    comment='What happened to a warning; only ever added to'
    )
    op.create_index(op.f('ix_warning_event_warning_id'), 'warning_event', ['warning_id'], unique=False, schema='onemap')
    op.create_table('unit_age',
    sa.Column('run_id', sa.BigInteger(), nullable=False, comment='Run'),
    sa.Column('planning_unit_id', sa.BigInteger(), nullable=True, comment='Unit; empty when unlocated'),
    sa.Column('age', sa.SmallInteger(), nullable=False, comment='Full years on the data date'),
    sa.Column('children', sa.Integer(), nullable=False, comment='Children of the register'),
    sa.Column('registered_children', sa.Integer(), nullable=False, comment='Of them locally registered'),
    sa.CheckConstraint('age >= 0', name=op.f('ck_unit_age_age')),
    sa.CheckConstraint('children >= 0', name=op.f('ck_unit_age_children')),
    sa.CheckConstraint('registered_children <= children', name=op.f('ck_unit_age_registered')),
    sa.CheckConstraint('registered_children >= 0', name=op.f('ck_unit_age_registered_children')),
    sa.ForeignKeyConstraint(['planning_unit_id'], ['onemap.planning_unit.id'], name=op.f('fk_unit_age_planning_unit_id'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['run_id'], ['onemap.run.id'], name=op.f('fk_unit_age_run_id'), ondelete='CASCADE'),
    schema='onemap',
    comment='Children of the register by planning unit and age'
    )
    op.create_index(op.f('ix_unit_age_planning_unit_id'), 'unit_age', ['planning_unit_id'], unique=False, schema='onemap')
    op.create_index(op.f('ix_unit_age_run_id'), 'unit_age', ['run_id'], unique=False, schema='onemap')
    op.create_table('unit_batch',
    sa.Column('run_id', sa.BigInteger(), nullable=False, comment='Run of the assignment'),
    sa.Column('planning_unit_id', sa.BigInteger(), nullable=True, comment='Unit; empty when unlocated'),
    sa.Column('batch', sa.String(), nullable=False, comment='Code of the batch; empty text: for a person to decide'),
    sa.Column('children', sa.Integer(), nullable=False, comment='Children'),
    sa.CheckConstraint('children >= 0', name=op.f('ck_unit_batch_children')),
    sa.ForeignKeyConstraint(['planning_unit_id'], ['onemap.planning_unit.id'], name=op.f('fk_unit_batch_planning_unit_id'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['run_id'], ['onemap.run.id'], name=op.f('fk_unit_batch_run_id'), ondelete='CASCADE'),
    schema='onemap',
    comment='Children of an assignment by planning unit and batch'
    )
    op.create_index(op.f('ix_unit_batch_planning_unit_id'), 'unit_batch', ['planning_unit_id'], unique=False, schema='onemap')
    op.create_index(op.f('ix_unit_batch_run_id'), 'unit_batch', ['run_id'], unique=False, schema='onemap')
    op.create_table('catchment_reach',
    sa.Column('run_id', sa.BigInteger(), nullable=False, comment='Run'),
    sa.Column('school_id', sa.BigInteger(), nullable=False, comment='School'),
    sa.Column('stage', sa.String(), nullable=False, comment='Stage of education'),
    sa.Column('year', sa.SmallInteger(), nullable=False, comment='Year of the pupils'),
    sa.Column('pupils', sa.Integer(), nullable=False, comment='Counted children of the catchment'),
    sa.Column('mean_distance_m', sa.Double(), nullable=True, comment='Mean way to the school; empty where there is none'),
    sa.Column('radius_m', sa.Double(), nullable=False, comment='Service radius of the stage'),
    sa.Column('beyond_radius_pct', sa.Double(), nullable=False, comment='Share whose way is longer than the radius'),
    sa.Column('on_foot', sa.Boolean(), nullable=False, comment='Whether ways lead over the streets; else straight lines'),
    sa.CheckConstraint('pupils >= 0', name=op.f('ck_catchment_reach_pupils')),
    sa.ForeignKeyConstraint(['run_id'], ['onemap.run.id'], name=op.f('fk_catchment_reach_run_id'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['school_id'], ['onemap.school.id'], name=op.f('fk_catchment_reach_school_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('run_id', 'school_id', 'stage', name=op.f('pk_catchment_reach')),
    schema='onemap',
    comment='How far the children of each catchment have to its school'
    )
    op.create_index(op.f('ix_catchment_reach_school_id'), 'catchment_reach', ['school_id'], unique=False, schema='onemap')


def downgrade() -> None:
    for name in ('catchment_reach', 'unit_batch', 'unit_age', 'warning_event', 'warning'):
        op.drop_table(name, schema='onemap')
