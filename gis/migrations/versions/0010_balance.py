"""balance: inequality, clusters, years, warnings and least additions."""

import sqlalchemy as sa
from alembic import op

revision = '0010'
down_revision = '0009'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('balance_group',
    sa.Column('run_id', sa.BigInteger(), nullable=False, comment='Run'),
    sa.Column('stage', sa.String(), nullable=False, comment='Stage'),
    sa.Column('indicator', sa.String(), nullable=False, comment='Resource indicator'),
    sa.Column('grouping', sa.String(), nullable=False, comment='subdistrict or urban'),
    sa.Column('subdistrict_id', sa.BigInteger(), nullable=True, comment='Subdistrict'),
    sa.Column('urban', sa.Boolean(), nullable=True, comment='Urban or rural, where grouped so'),
    sa.Column('schools', sa.Integer(), nullable=False, comment='Schools with a value'),
    sa.Column('pupils', sa.Integer(), nullable=False, comment='Their pupils'),
    sa.Column('mean', sa.Double(), nullable=False, comment='Mean by pupils'),
    sa.Column('theil_between', sa.Double(), nullable=False, comment='Its term of Theil between groups; below the mean negative'),
    sa.Column('theil_within', sa.Double(), nullable=False, comment='Its term of the Theil part within groups'),
    sa.CheckConstraint("(grouping = 'subdistrict') = (subdistrict_id is not null)", name=op.f('ck_balance_group_group')),
    sa.CheckConstraint("grouping in ('subdistrict', 'urban')", name=op.f('ck_balance_group_grouping')),
    sa.CheckConstraint('pupils >= 1', name=op.f('ck_balance_group_pupils')),
    sa.CheckConstraint('schools >= 1', name=op.f('ck_balance_group_schools')),
    sa.ForeignKeyConstraint(['run_id'], ['onemap.run.id'], name=op.f('fk_balance_group_run_id'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['subdistrict_id'], ['onemap.subdistrict.id'], name=op.f('fk_balance_group_subdistrict_id'), ondelete='CASCADE'),
    schema='onemap',
    comment='Inequality between areas: subdistricts, urban and rural'
    )
    op.create_index(op.f('ix_balance_group_run_id'), 'balance_group', ['run_id'], unique=False, schema='onemap')
    op.create_index(op.f('ix_balance_group_subdistrict_id'), 'balance_group', ['subdistrict_id'], unique=False, schema='onemap')
    op.create_table('balance_inequality',
    sa.Column('run_id', sa.BigInteger(), nullable=False, comment='Run'),
    sa.Column('stage', sa.String(), nullable=False, comment='Stage'),
    sa.Column('indicator', sa.String(), nullable=False, comment='Resource indicator'),
    sa.Column('schools', sa.Integer(), nullable=False, comment='Schools with a value'),
    sa.Column('mean', sa.Double(), nullable=True, comment='Mean by pupils'),
    sa.Column('gini', sa.Double(), nullable=True, comment='Gini coefficient, weighted by pupils'),
    sa.Column('theil', sa.Double(), nullable=True, comment='Theil index, weighted by pupils'),
    sa.Column('theil_subdistricts', sa.Double(), nullable=True, comment='Part of it that lies between subdistricts'),
    sa.Column('theil_urban', sa.Double(), nullable=True, comment='Part of it that lies between urban and rural schools'),
    sa.Column('moran', sa.Double(), nullable=True, comment="Moran's I; empty with fewer than three schools or equal values"),
    sa.Column('moran_expected', sa.Double(), nullable=True, comment='What chance gives on average'),
    sa.Column('moran_p', sa.Double(), nullable=True, comment='How likely chance is, both sides, by permutation'),
    sa.CheckConstraint('schools >= 0', name=op.f('ck_balance_inequality_schools')),
    sa.ForeignKeyConstraint(['run_id'], ['onemap.run.id'], name=op.f('fk_balance_inequality_run_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('run_id', 'stage', 'indicator', name=op.f('pk_balance_inequality')),
    schema='onemap',
    comment='Inequality between schools, by stage and indicator'
    )
    op.create_table('balance_solution',
    sa.Column('run_id', sa.BigInteger(), nullable=False, comment='Run'),
    sa.Column('year', sa.SmallInteger(), nullable=False, comment='Year of the resources'),
    sa.Column('cost_yuan', sa.Double(), nullable=False, comment='Cost of all additions'),
    sa.Column('least_cost_yuan', sa.Double(), nullable=False, comment='What no others can cost less than'),
    sa.Column('schools_only_yuan', sa.Double(), nullable=False, comment='Least cost that every school passes'),
    sa.Column('is_even', sa.Boolean(), nullable=False, comment='Whether variations keep their limits with the additions'),
    sa.Column('unknown', sa.Integer(), nullable=False, comment='Schools of which it cannot be said even then'),
    sa.CheckConstraint('cost_yuan >= 0', name=op.f('ck_balance_solution_cost_yuan')),
    sa.CheckConstraint('least_cost_yuan >= 0', name=op.f('ck_balance_solution_least_cost_yuan')),
    sa.CheckConstraint('schools_only_yuan >= 0', name=op.f('ck_balance_solution_schools_only_yuan')),
    sa.CheckConstraint('unknown >= 0', name=op.f('ck_balance_solution_unknown')),
    sa.ForeignKeyConstraint(['run_id'], ['onemap.run.id'], name=op.f('fk_balance_solution_run_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('run_id', name=op.f('pk_balance_solution')),
    schema='onemap',
    comment='How near to the least possible the additions are'
    )
    op.create_table('balance_standing',
    sa.Column('run_id', sa.BigInteger(), nullable=False, comment='Run'),
    sa.Column('stage', sa.String(), nullable=False, comment='Stage'),
    sa.Column('year', sa.SmallInteger(), nullable=False, comment='Year in which the school year begins'),
    sa.Column('is_forecast', sa.Boolean(), nullable=False, comment='Whether pupils are forecast and resources held'),
    sa.Column('schools', sa.Integer(), nullable=False, comment='Schools with pupils'),
    sa.Column('passed', sa.Integer(), nullable=False, comment='Schools that pass'),
    sa.Column('not_passed', sa.Integer(), nullable=False, comment='Schools that do not'),
    sa.Column('unknown', sa.Integer(), nullable=False, comment='Schools of which it cannot be said'),
    sa.CheckConstraint('not_passed >= 0', name=op.f('ck_balance_standing_not_passed')),
    sa.CheckConstraint('passed >= 0', name=op.f('ck_balance_standing_passed')),
    sa.CheckConstraint('schools >= 0', name=op.f('ck_balance_standing_schools')),
    sa.CheckConstraint('unknown >= 0', name=op.f('ck_balance_standing_unknown')),
    sa.ForeignKeyConstraint(['run_id'], ['onemap.run.id'], name=op.f('fk_balance_standing_run_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('run_id', 'stage', 'year', name=op.f('pk_balance_standing')),
    schema='onemap',
    comment='Schools that pass, year by year, past and ahead'
    )
    op.create_table('balance_year',
    sa.Column('run_id', sa.BigInteger(), nullable=False, comment='Run'),
    sa.Column('stage', sa.String(), nullable=False, comment='Stage'),
    sa.Column('indicator', sa.String(), nullable=False, comment='Resource indicator'),
    sa.Column('year', sa.SmallInteger(), nullable=False, comment='Year in which the school year begins'),
    sa.Column('is_forecast', sa.Boolean(), nullable=False, comment='Whether pupils are forecast and resources held'),
    sa.Column('schools', sa.Integer(), nullable=False, comment='Schools with pupils'),
    sa.Column('met', sa.Integer(), nullable=False, comment='Schools at the standard'),
    sa.Column('near', sa.Integer(), nullable=False, comment='Schools at 85 % or more'),
    sa.Column('failed', sa.Integer(), nullable=False, comment='Schools below'),
    sa.Column('missing', sa.Integer(), nullable=False, comment='Schools that do not report it'),
    sa.Column('mean', sa.Double(), nullable=True, comment='Mean by pupils'),
    sa.Column('variation', sa.Double(), nullable=True, comment='Coefficient of variation weighted by enrolment'),
    sa.Column('limit', sa.Double(), nullable=True, comment='Greatest value of the standard'),
    sa.CheckConstraint('failed >= 0', name=op.f('ck_balance_year_failed')),
    sa.CheckConstraint('met >= 0', name=op.f('ck_balance_year_met')),
    sa.CheckConstraint('missing >= 0', name=op.f('ck_balance_year_missing')),
    sa.CheckConstraint('near >= 0', name=op.f('ck_balance_year_near')),
    sa.CheckConstraint('schools >= 0', name=op.f('ck_balance_year_schools')),
    sa.ForeignKeyConstraint(['run_id'], ['onemap.run.id'], name=op.f('fk_balance_year_run_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('run_id', 'stage', 'indicator', 'year', name=op.f('pk_balance_year')),
    schema='onemap',
    comment='Resource indicators year by year, past and ahead'
    )
    op.create_table('balance_need',
    sa.Column('run_id', sa.BigInteger(), nullable=False, comment='Run'),
    sa.Column('school_id', sa.BigInteger(), nullable=False, comment='School'),
    sa.Column('indicator', sa.String(), nullable=False, comment='Resource indicator'),
    sa.Column('amount', sa.Double(), nullable=False, comment='What is added: teachers, m², yuan, classrooms'),
    sa.Column('cost_yuan', sa.Double(), nullable=False, comment='By the weights of the profile'),
    sa.CheckConstraint('amount >= 0', name=op.f('ck_balance_need_amount')),
    sa.CheckConstraint('cost_yuan >= 0', name=op.f('ck_balance_need_cost_yuan')),
    sa.ForeignKeyConstraint(['run_id'], ['onemap.run.id'], name=op.f('fk_balance_need_run_id'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['school_id'], ['onemap.school.id'], name=op.f('fk_balance_need_school_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('run_id', 'school_id', 'indicator', name=op.f('pk_balance_need')),
    schema='onemap',
    comment='Least additions with which every school and the district pass'
    )
    op.create_index(op.f('ix_balance_need_school_id'), 'balance_need', ['school_id'], unique=False, schema='onemap')
    op.create_table('balance_spot',
    sa.Column('run_id', sa.BigInteger(), nullable=False, comment='Run'),
    sa.Column('school_id', sa.BigInteger(), nullable=False, comment='School'),
    sa.Column('stage', sa.String(), nullable=False, comment='Stage'),
    sa.Column('indicator', sa.String(), nullable=False, comment='Resource indicator'),
    sa.Column('moran', sa.Double(), nullable=True, comment="Local Moran's I; empty where nothing can be measured"),
    sa.Column('p', sa.Double(), nullable=False, comment='How likely chance is, both sides, by conditional permutation'),
    sa.Column('cluster', sa.String(), nullable=False, comment='high_high, low_low, high_low, low_high, or none'),
    sa.CheckConstraint("cluster in ('high_high', 'low_low', 'high_low', 'low_high', 'none')", name=op.f('ck_balance_spot_cluster')),
    sa.ForeignKeyConstraint(['run_id'], ['onemap.run.id'], name=op.f('fk_balance_spot_run_id'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['school_id'], ['onemap.school.id'], name=op.f('fk_balance_spot_school_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('run_id', 'school_id', 'stage', 'indicator', name=op.f('pk_balance_spot')),
    schema='onemap',
    comment='Schools among others like or unlike them (hot and cold spots)'
    )
    op.create_index(op.f('ix_balance_spot_school_id'), 'balance_spot', ['school_id'], unique=False, schema='onemap')
    op.create_table('balance_waiver',
    sa.Column('run_id', sa.BigInteger(), nullable=False, comment='Run'),
    sa.Column('school_id', sa.BigInteger(), nullable=False, comment='School'),
    sa.Column('stage', sa.String(), nullable=False, comment='Stage'),
    sa.Column('indicator', sa.String(), nullable=False, comment='Resource indicator'),
    sa.ForeignKeyConstraint(['run_id'], ['onemap.run.id'], name=op.f('fk_balance_waiver_run_id'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['school_id'], ['onemap.school.id'], name=op.f('fk_balance_waiver_school_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('run_id', 'school_id', 'stage', 'indicator', name=op.f('pk_balance_waiver')),
    schema='onemap',
    comment='Indicators that stay below the standard, at 85 % or more, in the least additions'
    )
    op.create_index(op.f('ix_balance_waiver_school_id'), 'balance_waiver', ['school_id'], unique=False, schema='onemap')
    op.create_table('balance_warning',
    sa.Column('run_id', sa.BigInteger(), nullable=False, comment='Run'),
    sa.Column('stage', sa.String(), nullable=False, comment='Stage'),
    sa.Column('school_id', sa.BigInteger(), nullable=True, comment='School; empty: the stage'),
    sa.Column('indicator', sa.String(), nullable=True, comment='Resource indicator; empty: the school as a whole'),
    sa.Column('year', sa.SmallInteger(), nullable=False, comment='Year in which the limit is crossed'),
    sa.Column('level', sa.String(), nullable=False, comment='red: crossed in the newest year; yellow: soon; none: later'),
    sa.Column('value', sa.Double(), nullable=True, comment='Value in that year; of a school as a whole the indicators met'),
    sa.Column('limit', sa.Double(), nullable=True, comment='Limit that is crossed'),
    sa.CheckConstraint("level in ('none', 'yellow', 'red')", name=op.f('ck_balance_warning_level')),
    sa.ForeignKeyConstraint(['run_id'], ['onemap.run.id'], name=op.f('fk_balance_warning_run_id'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['school_id'], ['onemap.school.id'], name=op.f('fk_balance_warning_school_id'), ondelete='CASCADE'),
    schema='onemap',
    comment='Limits of resources that were crossed, or will be when resources stay'
    )
    op.create_index(op.f('ix_balance_warning_run_id'), 'balance_warning', ['run_id'], unique=False, schema='onemap')
    op.create_index(op.f('ix_balance_warning_school_id'), 'balance_warning', ['school_id'], unique=False, schema='onemap')


def downgrade() -> None:
    for name in (
        'balance_warning',
        'balance_waiver',
        'balance_spot',
        'balance_need',
        'balance_year',
        'balance_standing',
        'balance_solution',
        'balance_inequality',
        'balance_group',
    ):
        op.drop_table(name, schema='onemap')
