"""appraisal of schools, walks to schools by subdistrict."""

import sqlalchemy as sa
from alembic import op

revision = '0011'
down_revision = '0010'
branch_labels = None
depends_on = None

_SURFACES = 'Grids that take long to compute, as the map draws them: minutes'


def upgrade() -> None:
    op.create_table('appraisal_scheme',
    sa.Column('district_id', sa.BigInteger(), nullable=False, comment='District'),
    sa.Column('code', sa.String(), nullable=False, comment='Code that the scheme bears inside'),
    sa.Column('content', sa.String(), nullable=False, comment='Text of the scheme file (YAML), whole'),
    sa.ForeignKeyConstraint(['district_id'], ['onemap.district.id'], name=op.f('fk_appraisal_scheme_district_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('district_id', 'code', name=op.f('pk_appraisal_scheme')),
    schema='onemap',
    comment='Schemes by which schools are appraised (学校发展评价方案)'
    )
    op.create_table('appraisal_score',
    sa.Column('school_id', sa.BigInteger(), nullable=False, comment='School'),
    sa.Column('year', sa.SmallInteger(), nullable=False, comment='Year in which the school year begins'),
    sa.Column('indicator', sa.String(), nullable=False, comment='Indicator of the scheme'),
    sa.Column('raw_value', sa.Double(), nullable=True, comment='What was found, in the unit of the indicator; empty: not known'),
    sa.Column('evidence', sa.String(), nullable=True, comment='Where the proof lies, such as the number of a document'),
    sa.Column('scorer', sa.String(), nullable=True, comment='Office or person that scored it'),
    sa.ForeignKeyConstraint(['school_id'], ['onemap.school.id'], name=op.f('fk_appraisal_score_school_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('school_id', 'year', 'indicator', name=op.f('pk_appraisal_score')),
    schema='onemap',
    comment='What was found at schools in a year, by indicator of the appraisal scheme'
    )
    op.create_table('appraisal_part',
    sa.Column('run_id', sa.BigInteger(), nullable=False, comment='Run'),
    sa.Column('school_id', sa.BigInteger(), nullable=False, comment='School'),
    sa.Column('year', sa.SmallInteger(), nullable=False, comment='Year in which the school year begins'),
    sa.Column('part', sa.String(), nullable=False, comment='whole, or the code of a dimension or tier'),
    sa.Column('score', sa.Double(), nullable=True, comment='Score from 0 to 100; empty: too little is known'),
    sa.Column('known_pct', sa.Double(), nullable=False, comment='Weight of the indicators that are known'),
    sa.CheckConstraint('known_pct >= 0', name=op.f('ck_appraisal_part_known_pct')),
    sa.ForeignKeyConstraint(['run_id'], ['onemap.run.id'], name=op.f('fk_appraisal_part_run_id'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['school_id'], ['onemap.school.id'], name=op.f('fk_appraisal_part_school_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('run_id', 'school_id', 'year', 'part', name=op.f('pk_appraisal_part')),
    schema='onemap',
    comment='Scores of each school by year: whole, by dimension and by tier of indicators'
    )
    op.create_index(op.f('ix_appraisal_part_school_id'), 'appraisal_part', ['school_id'], unique=False, schema='onemap')
    op.create_table('appraisal_peer',
    sa.Column('run_id', sa.BigInteger(), nullable=False, comment='Run'),
    sa.Column('school_id', sa.BigInteger(), nullable=False, comment='School'),
    sa.Column('peer_id', sa.BigInteger(), nullable=False, comment='A school that is like it'),
    sa.Column('place', sa.SmallInteger(), nullable=False, comment='1 for the most similar'),
    sa.Column('distance', sa.Double(), nullable=False, comment='How unlike they are in size, place and intake'),
    sa.CheckConstraint('distance >= 0', name=op.f('ck_appraisal_peer_distance')),
    sa.ForeignKeyConstraint(['peer_id'], ['onemap.school.id'], name=op.f('fk_appraisal_peer_peer_id'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['run_id'], ['onemap.run.id'], name=op.f('fk_appraisal_peer_run_id'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['school_id'], ['onemap.school.id'], name=op.f('fk_appraisal_peer_school_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('run_id', 'school_id', 'peer_id', name=op.f('pk_appraisal_peer')),
    schema='onemap',
    comment='Similar schools, to which each is compared'
    )
    op.create_index(op.f('ix_appraisal_peer_peer_id'), 'appraisal_peer', ['peer_id'], unique=False, schema='onemap')
    op.create_index(op.f('ix_appraisal_peer_school_id'), 'appraisal_peer', ['school_id'], unique=False, schema='onemap')
    op.create_table('appraisal_point',
    sa.Column('run_id', sa.BigInteger(), nullable=False, comment='Run'),
    sa.Column('school_id', sa.BigInteger(), nullable=False, comment='School'),
    sa.Column('year', sa.SmallInteger(), nullable=False, comment='Year in which the school year begins'),
    sa.Column('indicator', sa.String(), nullable=False, comment='Indicator of the scheme'),
    sa.Column('raw_value', sa.Double(), nullable=True, comment='Value in the unit of the indicator; empty: not known'),
    sa.Column('points', sa.Double(), nullable=True, comment='Points from 0 to 100; empty: not known, weight left to the others'),
    sa.Column('evidence', sa.String(), nullable=True, comment='Where the proof lies'),
    sa.Column('scorer', sa.String(), nullable=True, comment='Office or person that scored it; empty: the registers'),
    sa.ForeignKeyConstraint(['run_id'], ['onemap.run.id'], name=op.f('fk_appraisal_point_run_id'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['school_id'], ['onemap.school.id'], name=op.f('fk_appraisal_point_school_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('run_id', 'school_id', 'year', 'indicator', name=op.f('pk_appraisal_point')),
    schema='onemap',
    comment='Points of each school by year and indicator'
    )
    op.create_index(op.f('ix_appraisal_point_school_id'), 'appraisal_point', ['school_id'], unique=False, schema='onemap')
    op.create_table('appraisal_rank',
    sa.Column('run_id', sa.BigInteger(), nullable=False, comment='Run'),
    sa.Column('school_id', sa.BigInteger(), nullable=False, comment='School'),
    sa.Column('year', sa.SmallInteger(), nullable=False, comment='Year in which the school year begins'),
    sa.Column('school_group', sa.String(), nullable=False, comment='Group of schools that are ranked among each other'),
    sa.Column('ranked', sa.Integer(), nullable=False, comment='Schools of the group that have a rank'),
    sa.Column('rank', sa.Integer(), nullable=False, comment='Rank, 1 for the best; equal scores share it'),
    sa.Column('stays_pct', sa.Double(), nullable=False, comment='Share of varied weightings in which the rank is the same'),
    sa.Column('rank_low', sa.Integer(), nullable=False, comment='Best rank of the interval'),
    sa.Column('rank_high', sa.Integer(), nullable=False, comment='Worst rank of the interval'),
    sa.CheckConstraint('rank >= 1', name=op.f('ck_appraisal_rank_rank')),
    sa.CheckConstraint('rank_high >= 1', name=op.f('ck_appraisal_rank_rank_high')),
    sa.CheckConstraint('rank_low >= 1', name=op.f('ck_appraisal_rank_rank_low')),
    sa.CheckConstraint('ranked >= 1', name=op.f('ck_appraisal_rank_ranked')),
    sa.CheckConstraint('stays_pct >= 0', name=op.f('ck_appraisal_rank_stays_pct')),
    sa.ForeignKeyConstraint(['run_id'], ['onemap.run.id'], name=op.f('fk_appraisal_rank_run_id'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['school_id'], ['onemap.school.id'], name=op.f('fk_appraisal_rank_school_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('run_id', 'school_id', 'year', name=op.f('pk_appraisal_rank')),
    schema='onemap',
    comment='Ranks of schools, never without how far they rest on the weights'
    )
    op.create_index(op.f('ix_appraisal_rank_school_id'), 'appraisal_rank', ['school_id'], unique=False, schema='onemap')
    op.create_table('network_band',
    sa.Column('run_id', sa.BigInteger(), nullable=False, comment='Run'),
    sa.Column('subdistrict_code', sa.String(), nullable=False, comment='Subdistrict in which people live; empty: in none'),
    sa.Column('stage', sa.String(), nullable=False, comment='Stage of education'),
    sa.Column('sector', sa.String(), nullable=False, comment='Schools that are walked to: public or all'),
    sa.Column('band', sa.SmallInteger(), nullable=False, comment='Band of the walk to the nearest school, from 0'),
    sa.Column('up_to_m', sa.Double(), nullable=True, comment='Longest walk of the band; empty: farther than all, or no way'),
    sa.Column('residents', sa.Double(), nullable=False, comment='Residents'),
    sa.Column('children', sa.Double(), nullable=False, comment='Counted children who enter the stage, by dwellings'),
    sa.CheckConstraint("sector in ('public', 'all')", name=op.f('ck_network_band_sector')),
    sa.CheckConstraint('children >= 0', name=op.f('ck_network_band_children')),
    sa.CheckConstraint('residents >= 0', name=op.f('ck_network_band_residents')),
    sa.ForeignKeyConstraint(['run_id'], ['onemap.run.id'], name=op.f('fk_network_band_run_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('run_id', 'subdistrict_code', 'stage', 'sector', 'band', name=op.f('pk_network_band')),
    schema='onemap',
    comment='People by the walk to the nearest school of a stage, by subdistrict'
    )
    op.create_table_comment('surface', f'{_SURFACES} or metres on foot', existing_comment=f'{_SURFACES} on foot', schema='onemap')


def downgrade() -> None:
    op.create_table_comment('surface', f'{_SURFACES} on foot', existing_comment=f'{_SURFACES} or metres on foot', schema='onemap')
    for name in ('network_band', 'appraisal_rank', 'appraisal_point', 'appraisal_peer', 'appraisal_part', 'appraisal_score', 'appraisal_scheme'):
        op.drop_table(name, schema='onemap')
