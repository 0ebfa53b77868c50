"""forecasts: what they rest on, say, and what was published."""

import sqlalchemy as sa
from alembic import op
from geoalchemy2 import Geometry

revision = '0006'
down_revision = '0005'
branch_labels = None
depends_on = None


CHILD_PLACE = """
create view registry.child_place as
select
    child.id as child_id,
    child.district_id,
    child.born_on,
    child.sex,
    child.registered,
    household.registered_unit_id as registered_dwelling_id,
    household.residence_unit_id as residence_dwelling_id,
    registered_in.planning_unit_id as registered_unit_id,
    resident_in.planning_unit_id as residence_unit_id
from registry.child
join registry.household on household.id = child.household_id
left join registry.property_unit registered_at on registered_at.id = household.registered_unit_id
left join onemap.building registered_in on registered_in.id = registered_at.building_id
left join registry.property_unit resident_at on resident_at.id = household.residence_unit_id
left join onemap.building resident_in on resident_in.id = resident_at.building_id
"""

CHOOSE_PLACE = """
create function registry.choose_place(
    locate_first text, locate_second text, registered bigint, residence bigint
) returns bigint language sql immutable as $$
    select coalesce(
        case locate_first when 'registered' then registered when 'residence' then residence end,
        case locate_second when 'registered' then registered when 'residence' then residence end
    )
$$
"""


def upgrade() -> None:
    op.execute(CHILD_PLACE)
    op.execute(CHOOSE_PLACE)
    op.execute(
        "comment on view registry.child_place is"
        " 'Where each child is registered and where it lives: dwelling and planning unit'"
    )
    op.create_table('forecast_publication',
    sa.Column('id', sa.BigInteger(), sa.Identity(always=False), nullable=False, comment='Published forecast'),
    sa.Column('district_code', sa.String(), nullable=False, comment='Code of the district'),
    sa.Column('scenario', sa.String(), nullable=False, comment='low, middle or high'),
    sa.Column('plan_code', sa.String(), nullable=False, comment='Plan whose catchments it tells'),
    sa.Column('data_date', sa.Date(), nullable=False, comment='Day on which its registers were drawn'),
    sa.Column('inputs_digest', sa.String(), nullable=False, comment='Digest of everything it was made from'),
    sa.Column('code_version', sa.String(), nullable=False, comment='Version of the program'),
    sa.Column('published_at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False, comment='When'),
    sa.Column('who', sa.String(), nullable=False, comment='Account'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_forecast_publication')),
    schema='onemap',
    comment='Forecasts that were published, never changed, scored when their years have come'
    )
    op.create_index(op.f('ix_forecast_publication_district_code'), 'forecast_publication', ['district_code'], unique=False, schema='onemap')
    op.create_table('forecast_record',
    sa.Column('publication_id', sa.BigInteger(), nullable=False, comment='Published forecast'),
    sa.Column('level', sa.String(), nullable=False, comment='school, district or catchment'),
    sa.Column('school_code', sa.String(), nullable=False, comment='School; empty text for the district'),
    sa.Column('stage', sa.String(), nullable=False, comment='Stage of education'),
    sa.Column('grade', sa.SmallInteger(), nullable=False, comment='Grade within the stage; 0 for all'),
    sa.Column('year', sa.SmallInteger(), nullable=False, comment='Year in which the school year begins'),
    sa.Column('expected', sa.Double(), nullable=False, comment='Expected pupils, or counted children of the catchment'),
    sa.Column('low_80', sa.Double(), nullable=False, comment='Number: low end of the 80 % interval'),
    sa.Column('high_80', sa.Double(), nullable=False, comment='Number: high end of the 80 % interval'),
    sa.Column('low_95', sa.Double(), nullable=False, comment='Number: low end of the 95 % interval'),
    sa.Column('high_95', sa.Double(), nullable=False, comment='Number: high end of the 95 % interval'),
    sa.CheckConstraint("level in ('school', 'district', 'catchment')", name=op.f('ck_forecast_record_level')),
    sa.ForeignKeyConstraint(['publication_id'], ['onemap.forecast_publication.id'], name=op.f('fk_forecast_record_publication_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('publication_id', 'level', 'school_code', 'stage', 'grade', 'year', name=op.f('pk_forecast_record')),
    schema='onemap',
    comment='Numbers of a published forecast'
    )
    op.create_table('forecast_source',
    sa.Column('run_id', sa.BigInteger(), nullable=False, comment='Run'),
    sa.Column('stage', sa.String(), nullable=False, comment='Stage that the children enter'),
    sa.Column('year', sa.SmallInteger(), nullable=False, comment='Year in which the school year begins'),
    sa.Column('source', sa.String(), nullable=False, comment='register (born and registered), births, migration, homes, elsewhere (no graduates of the district) or official (scaled to a total)'),
    sa.Column('children', sa.Double(), nullable=False, comment='Children that it adds; negative: takes away'),
    sa.ForeignKeyConstraint(['run_id'], ['onemap.run.id'], name=op.f('fk_forecast_source_run_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('run_id', 'stage', 'year', 'source', name=op.f('pk_forecast_source')),
    schema='onemap',
    comment="What the district's expected children are made of; the sources sum to the total"
    )
    op.create_table('forecast_total',
    sa.Column('run_id', sa.BigInteger(), nullable=False, comment='Run'),
    sa.Column('stage', sa.String(), nullable=False, comment='Stage of education'),
    sa.Column('measure', sa.String(), nullable=False, comment='children (who enter) or pupils (enrolled)'),
    sa.Column('grade', sa.SmallInteger(), nullable=False, comment='Grade within the stage; 0 for all'),
    sa.Column('year', sa.SmallInteger(), nullable=False, comment='Year in which the school year begins'),
    sa.Column('expected', sa.Double(), nullable=False, comment='Expected number in the district'),
    sa.Column('low_80', sa.Double(), nullable=False, comment='Number: low end of the 80 % interval'),
    sa.Column('high_80', sa.Double(), nullable=False, comment='Number: high end of the 80 % interval'),
    sa.Column('low_95', sa.Double(), nullable=False, comment='Number: low end of the 95 % interval'),
    sa.Column('high_95', sa.Double(), nullable=False, comment='Number: high end of the 95 % interval'),
    sa.CheckConstraint("measure in ('children', 'pupils')", name=op.f('ck_forecast_total_measure')),
    sa.ForeignKeyConstraint(['run_id'], ['onemap.run.id'], name=op.f('fk_forecast_total_run_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('run_id', 'stage', 'measure', 'grade', 'year', name=op.f('pk_forecast_total')),
    schema='onemap',
    comment='District totals of a forecast; intervals do not sum, so they are computed here'
    )
    op.create_table('forecast_unit',
    sa.Column('run_id', sa.BigInteger(), nullable=False, comment='Run'),
    sa.Column('planning_unit_id', sa.BigInteger(), nullable=True, comment='Unit; empty when unlocated'),
    sa.Column('stage', sa.String(), nullable=False, comment='Stage that the children enter'),
    sa.Column('year', sa.SmallInteger(), nullable=False, comment='Year in which the school year begins'),
    sa.Column('children', sa.Double(), nullable=False, comment='Expected children'),
    sa.Column('registered_children', sa.Double(), nullable=False, comment='Of them locally registered'),
    sa.CheckConstraint('children >= 0', name=op.f('ck_forecast_unit_children')),
    sa.CheckConstraint('registered_children >= 0', name=op.f('ck_forecast_unit_registered_children')),
    sa.ForeignKeyConstraint(['planning_unit_id'], ['onemap.planning_unit.id'], name=op.f('fk_forecast_unit_planning_unit_id'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['run_id'], ['onemap.run.id'], name=op.f('fk_forecast_unit_run_id'), ondelete='CASCADE'),
    schema='onemap',
    comment='Children expected to enter a stage, by planning unit and year'
    )
    op.create_index(op.f('ix_forecast_unit_planning_unit_id'), 'forecast_unit', ['planning_unit_id'], unique=False, schema='onemap')
    op.create_index(op.f('ix_forecast_unit_run_id'), 'forecast_unit', ['run_id'], unique=False, schema='onemap')
    op.create_geospatial_table('housing_project',
    sa.Column('id', sa.BigInteger(), sa.Identity(always=False), nullable=False, comment='Housing project'),
    sa.Column('district_id', sa.BigInteger(), nullable=False, comment='District'),
    sa.Column('planning_unit_id', sa.BigInteger(), nullable=True, comment='Unit it stands in'),
    sa.Column('code', sa.String(), nullable=False, comment='Stable code'),
    sa.Column('name_zh', sa.String(), nullable=False, comment='Name of the estate'),
    sa.Column('name_en', sa.String(), nullable=True, comment='Name in English'),
    sa.Column('tenure', sa.String(), nullable=False, comment='Tenure of its dwellings, as in property_unit'),
    sa.Column('dwellings', sa.Integer(), nullable=False, comment='Dwellings it adds'),
    sa.Column('completed_on', sa.Date(), nullable=False, comment='Day of completion, planned while it is not built'),
    sa.Column('state', sa.String(), nullable=False, comment='planned, under_construction or completed'),
    sa.Column('geom', Geometry(geometry_type='POINT', srid=4490, dimension=2, spatial_index=False, from_text='ST_GeomFromEWKT', name='geometry', nullable=False), nullable=False, comment='Place of the site'),
    sa.CheckConstraint("state in ('planned', 'under_construction', 'completed')", name=op.f('ck_housing_project_state')),
    sa.CheckConstraint('dwellings >= 0', name=op.f('ck_housing_project_dwellings')),
    sa.ForeignKeyConstraint(['district_id'], ['onemap.district.id'], name=op.f('fk_housing_project_district_id'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['planning_unit_id'], ['onemap.planning_unit.id'], name=op.f('fk_housing_project_planning_unit_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_housing_project')),
    sa.UniqueConstraint('district_id', 'code', name=op.f('uq_housing_project_district_id_code')),
    schema='onemap'
    )
    op.create_geospatial_index('idx_housing_project_geom', 'housing_project', ['geom'], unique=False, schema='onemap', postgresql_using='gist', postgresql_ops={})
    op.create_table_comment(
        'housing_project',
        'Homes under construction or planned, which bring children (在建、规划住宅)',
        existing_comment=None,
        schema='onemap'
    )
    op.create_index(op.f('ix_housing_project_planning_unit_id'), 'housing_project', ['planning_unit_id'], unique=False, schema='onemap')
    op.create_table('women',
    sa.Column('planning_unit_id', sa.BigInteger(), nullable=False, comment='Unit of residence'),
    sa.Column('age_from', sa.SmallInteger(), nullable=False, comment='First year of age of a group of five'),
    sa.Column('women', sa.Integer(), nullable=False, comment='Women of the age group on the data date'),
    sa.CheckConstraint('age_from in (15, 20, 25, 30, 35, 40, 45)', name=op.f('ck_women_age_from')),
    sa.CheckConstraint('women >= 0', name=op.f('ck_women_women')),
    sa.ForeignKeyConstraint(['planning_unit_id'], ['onemap.planning_unit.id'], name=op.f('fk_women_planning_unit_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('planning_unit_id', 'age_from', name=op.f('pk_women')),
    schema='onemap',
    comment='Women of child-bearing age by planning unit, from the household register'
    )
    op.create_table('forecast_backtest',
    sa.Column('run_id', sa.BigInteger(), nullable=False, comment='Run'),
    sa.Column('stage', sa.String(), nullable=False, comment='Stage of education'),
    sa.Column('level', sa.String(), nullable=False, comment='school, school_grade, grade or district'),
    sa.Column('horizon', sa.SmallInteger(), nullable=False, comment='Years ahead'),
    sa.Column('method', sa.String(), nullable=False, comment='forecast, last_year or cohort_survival'),
    sa.Column('origins', sa.Integer(), nullable=False, comment='Years from which it was told'),
    sa.Column('cases', sa.Integer(), nullable=False, comment='Numbers that were scored'),
    sa.Column('mape_pct', sa.Double(), nullable=True, comment='Mean of |told − came| ÷ came'),
    sa.Column('bias_pct', sa.Double(), nullable=True, comment='Mean of (told − came) ÷ came'),
    sa.Column('covered_80_pct', sa.Double(), nullable=True, comment='Share inside the 80 % interval; empty for naive methods'),
    sa.Column('covered_95_pct', sa.Double(), nullable=True, comment='Share inside the 95 % interval; empty for naive methods'),
    sa.CheckConstraint('horizon >= 1', name=op.f('ck_forecast_backtest_horizon')),
    sa.ForeignKeyConstraint(['run_id'], ['onemap.run.id'], name=op.f('fk_forecast_backtest_run_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('run_id', 'stage', 'level', 'horizon', 'method', name=op.f('pk_forecast_backtest')),
    schema='onemap',
    comment='How far off forecasts from earlier years of enrolment would have been'
    )
    op.create_table('forecast_catchment',
    sa.Column('run_id', sa.BigInteger(), nullable=False, comment='Run'),
    sa.Column('school_id', sa.BigInteger(), nullable=False, comment='School'),
    sa.Column('stage', sa.String(), nullable=False, comment='Stage of education'),
    sa.Column('year', sa.SmallInteger(), nullable=False, comment='Year in which the school year begins'),
    sa.Column('children', sa.Double(), nullable=False, comment='Expected children'),
    sa.Column('counted_children', sa.Double(), nullable=False, comment='Those that the warning rule counts, expected'),
    sa.Column('low_80', sa.Double(), nullable=False, comment='Counted children: low end of the 80 % interval'),
    sa.Column('high_80', sa.Double(), nullable=False, comment='Counted children: high end of the 80 % interval'),
    sa.Column('low_95', sa.Double(), nullable=False, comment='Counted children: low end of the 95 % interval'),
    sa.Column('high_95', sa.Double(), nullable=False, comment='Counted children: high end of the 95 % interval'),
    sa.Column('seats', sa.Integer(), nullable=True, comment='Seats they are set against, those of projects left out'),
    sa.Column('project_seats', sa.Integer(), nullable=False, comment='Further seats that projects have opened by then'),
    sa.Column('shortfall_seats', sa.Double(), nullable=True, comment='Mean of the counted children above all seats'),
    sa.Column('warning', sa.String(), nullable=True, comment='none, yellow, red or unknown, by expected children and all seats'),
    sa.Column('yellow_chance', sa.Double(), nullable=True, comment='Chance of yellow or red, 0 to 1'),
    sa.Column('red_chance', sa.Double(), nullable=True, comment='Chance of red, 0 to 1'),
    sa.Column('basis', sa.String(), nullable=False, comment='registered (all are born), partly_born or unborn'),
    sa.ForeignKeyConstraint(['run_id'], ['onemap.run.id'], name=op.f('fk_forecast_catchment_run_id'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['school_id'], ['onemap.school.id'], name=op.f('fk_forecast_catchment_school_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('run_id', 'school_id', 'stage', 'year', name=op.f('pk_forecast_catchment')),
    schema='onemap',
    comment='Expected demand against seats by catchment and year, with the chance of a warning'
    )
    op.create_index(op.f('ix_forecast_catchment_school_id'), 'forecast_catchment', ['school_id'], unique=False, schema='onemap')
    op.create_table('forecast_pupil',
    sa.Column('run_id', sa.BigInteger(), nullable=False, comment='Run'),
    sa.Column('school_id', sa.BigInteger(), nullable=False, comment='School'),
    sa.Column('stage', sa.String(), nullable=False, comment='Stage of education'),
    sa.Column('grade', sa.SmallInteger(), nullable=False, comment='Grade within the stage, from 1; 0 for all'),
    sa.Column('year', sa.SmallInteger(), nullable=False, comment='Year in which the school year begins'),
    sa.Column('pupils', sa.Double(), nullable=False, comment='Expected pupils'),
    sa.Column('low_80', sa.Double(), nullable=False, comment='Pupils: low end of the 80 % interval'),
    sa.Column('high_80', sa.Double(), nullable=False, comment='Pupils: high end of the 80 % interval'),
    sa.Column('low_95', sa.Double(), nullable=False, comment='Pupils: low end of the 95 % interval'),
    sa.Column('high_95', sa.Double(), nullable=False, comment='Pupils: high end of the 95 % interval'),
    sa.ForeignKeyConstraint(['run_id'], ['onemap.run.id'], name=op.f('fk_forecast_pupil_run_id'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['school_id'], ['onemap.school.id'], name=op.f('fk_forecast_pupil_school_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('run_id', 'school_id', 'stage', 'grade', 'year', name=op.f('pk_forecast_pupil')),
    schema='onemap',
    comment='Expected pupils by school, grade and year'
    )
    op.create_index(op.f('ix_forecast_pupil_school_id'), 'forecast_pupil', ['school_id'], unique=False, schema='onemap')


def downgrade() -> None:
    op.execute('drop function registry.choose_place')
    op.execute('drop view registry.child_place')
    op.drop_index(op.f('ix_forecast_pupil_school_id'), table_name='forecast_pupil', schema='onemap')
    op.drop_table('forecast_pupil', schema='onemap')
    op.drop_index(op.f('ix_forecast_catchment_school_id'), table_name='forecast_catchment', schema='onemap')
    op.drop_table('forecast_catchment', schema='onemap')
    op.drop_table('forecast_backtest', schema='onemap')
    op.drop_table('women', schema='onemap')
    op.drop_index(op.f('ix_housing_project_planning_unit_id'), table_name='housing_project', schema='onemap')
    op.drop_geospatial_index('idx_housing_project_geom', table_name='housing_project', schema='onemap', postgresql_using='gist', column_name='geom')
    op.drop_geospatial_table('housing_project', schema='onemap')
    op.drop_index(op.f('ix_forecast_unit_run_id'), table_name='forecast_unit', schema='onemap')
    op.drop_index(op.f('ix_forecast_unit_planning_unit_id'), table_name='forecast_unit', schema='onemap')
    op.drop_table('forecast_unit', schema='onemap')
    op.drop_table('forecast_total', schema='onemap')
    op.drop_table('forecast_source', schema='onemap')
    op.drop_table('forecast_record', schema='onemap')
    op.drop_index(op.f('ix_forecast_publication_district_code'), table_name='forecast_publication', schema='onemap')
    op.drop_table('forecast_publication', schema='onemap')
