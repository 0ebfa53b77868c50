"""surfaces: accessibility, residents by unit, grids that are computed or loaded."""

import sqlalchemy as sa
from alembic import op

revision = '0009'
down_revision = '0008'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('raster_coverage',
    sa.Column('district_id', sa.BigInteger(), nullable=False, comment='District'),
    sa.Column('kind', sa.String(), nullable=False, comment='population or elevation'),
    sa.Column('content', sa.LargeBinary(), nullable=False, comment='GeoTIFF, cut to the district and a margin, in its own CRS'),
    sa.Column('digest', sa.String(), nullable=False, comment='SHA-256 of the file it came from'),
    sa.Column('source', sa.String(), nullable=False, comment='File or generator it came from'),
    sa.Column('srid', sa.Integer(), nullable=False, comment='EPSG code of its CRS'),
    sa.Column('cell_x', sa.Double(), nullable=False, comment='Width of a cell in units of that CRS'),
    sa.Column('cell_y', sa.Double(), nullable=False, comment='Height of a cell'),
    sa.Column('columns', sa.Integer(), nullable=False, comment='Cells from west to east'),
    sa.Column('rows', sa.Integer(), nullable=False, comment='Cells from north to south'),
    sa.Column('least', sa.Double(), nullable=False, comment='Least value'),
    sa.Column('most', sa.Double(), nullable=False, comment='Greatest value'),
    sa.Column('mean', sa.Double(), nullable=False, comment='Mean of all cells that have a value'),
    sa.CheckConstraint("kind in ('population', 'elevation')", name=op.f('ck_raster_coverage_kind')),
    sa.CheckConstraint('columns >= 1', name=op.f('ck_raster_coverage_columns')),
    sa.CheckConstraint('rows >= 1', name=op.f('ck_raster_coverage_rows')),
    sa.ForeignKeyConstraint(['district_id'], ['onemap.district.id'], name=op.f('fk_raster_coverage_district_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('district_id', 'kind', name=op.f('pk_raster_coverage')),
    schema='onemap',
    comment='Rasters that were loaded: residents by cell, metres above the sea'
    )
    op.create_table('surface',
    sa.Column('run_id', sa.BigInteger(), nullable=False, comment='Run'),
    sa.Column('stage', sa.String(), nullable=False, comment='Stage of education'),
    sa.Column('content', sa.LargeBinary(), nullable=False, comment='GeoTIFF in the metric CRS of the district'),
    sa.ForeignKeyConstraint(['run_id'], ['onemap.run.id'], name=op.f('fk_surface_run_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('run_id', 'stage', name=op.f('pk_surface')),
    schema='onemap',
    comment='Grids that take long to compute, as the map draws them: minutes on foot'
    )
    op.create_table('unit_population',
    sa.Column('run_id', sa.BigInteger(), nullable=False, comment='Run'),
    sa.Column('planning_unit_id', sa.BigInteger(), nullable=False, comment='Unit'),
    sa.Column('residents', sa.Double(), nullable=False, comment='Residents; parts of one where they come from a grid'),
    sa.Column('counted_in', sa.String(), nullable=False, comment='register or grid'),
    sa.CheckConstraint("counted_in in ('register', 'grid')", name=op.f('ck_unit_population_counted_in')),
    sa.CheckConstraint('residents >= 0', name=op.f('ck_unit_population_residents')),
    sa.ForeignKeyConstraint(['planning_unit_id'], ['onemap.planning_unit.id'], name=op.f('fk_unit_population_planning_unit_id'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['run_id'], ['onemap.run.id'], name=op.f('fk_unit_population_run_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('run_id', 'planning_unit_id', name=op.f('pk_unit_population')),
    schema='onemap',
    comment='Residents by planning unit'
    )
    op.create_index(op.f('ix_unit_population_planning_unit_id'), 'unit_population', ['planning_unit_id'], unique=False, schema='onemap')
    op.create_table('accessibility',
    sa.Column('run_id', sa.BigInteger(), nullable=False, comment='Run'),
    sa.Column('planning_unit_id', sa.BigInteger(), nullable=False, comment='Unit'),
    sa.Column('stage', sa.String(), nullable=False, comment='Stage of education'),
    sa.Column('year', sa.SmallInteger(), nullable=False, comment='Year in which the school year begins'),
    sa.Column('seats_per_child', sa.Double(), nullable=False, comment='Seats within reach of one child'),
    sa.Column('nearest_school_id', sa.BigInteger(), nullable=True, comment='School to which the unit walks least'),
    sa.Column('nearest_walk_m', sa.Double(), nullable=True, comment='Mean walk of its doors to that school'),
    sa.CheckConstraint('nearest_walk_m >= 0', name=op.f('ck_accessibility_nearest_walk_m')),
    sa.CheckConstraint('seats_per_child >= 0', name=op.f('ck_accessibility_seats_per_child')),
    sa.ForeignKeyConstraint(['nearest_school_id'], ['onemap.school.id'], name=op.f('fk_accessibility_nearest_school_id'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['planning_unit_id'], ['onemap.planning_unit.id'], name=op.f('fk_accessibility_planning_unit_id'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['run_id'], ['onemap.run.id'], name=op.f('fk_accessibility_run_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('run_id', 'planning_unit_id', 'stage', 'year', name=op.f('pk_accessibility')),
    schema='onemap',
    comment='Seats within reach of a child by planning unit (two-step floating catchment area)'
    )
    op.create_index(op.f('ix_accessibility_nearest_school_id'), 'accessibility', ['nearest_school_id'], unique=False, schema='onemap')
    op.create_index(op.f('ix_accessibility_planning_unit_id'), 'accessibility', ['planning_unit_id'], unique=False, schema='onemap')


def downgrade() -> None:
    for name in ('accessibility', 'unit_population', 'surface', 'raster_coverage'):
        op.drop_table(name, schema='onemap')
