"""construction: inspections, payments, changes of stages, intervals and chances."""

import sqlalchemy as sa
from alembic import op
from geoalchemy2 import Geometry
from sqlalchemy.dialects import postgresql

revision = '0007'
down_revision = '0006'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('payment',
    sa.Column('id', sa.BigInteger(), sa.Identity(always=False), nullable=False, comment='Payment'),
    sa.Column('project_id', sa.BigInteger(), nullable=False, comment='Project'),
    sa.Column('code', sa.String(), nullable=False, comment='Number of the instalment or voucher'),
    sa.Column('kind', sa.String(), nullable=False, comment='planned or paid'),
    sa.Column('paid_on', sa.Date(), nullable=False, comment='Day on which it falls due, or was paid'),
    sa.Column('amount_yuan', sa.Double(), nullable=False, comment='Amount'),
    sa.CheckConstraint("kind in ('planned', 'paid')", name=op.f('ck_payment_kind')),
    sa.CheckConstraint('amount_yuan >= 0', name=op.f('ck_payment_amount_yuan')),
    sa.ForeignKeyConstraint(['project_id'], ['onemap.project.id'], name=op.f('fk_payment_project_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_payment')),
    sa.UniqueConstraint('project_id', 'kind', 'code', name=op.f('uq_payment_project_id_kind_code')),
    schema='onemap',
    comment='Money of projects, planned and paid'
    )
    op.create_table('project_opening_chance',
    sa.Column('run_id', sa.BigInteger(), nullable=False, comment='Run'),
    sa.Column('project_id', sa.BigInteger(), nullable=False, comment='Project'),
    sa.Column('year', sa.SmallInteger(), nullable=False, comment='Year in which the school year begins'),
    sa.Column('chance', sa.Double(), nullable=False, comment='Chance to be ready for it, 0 to 1'),
    sa.CheckConstraint('chance >= 0 and chance <= 1', name=op.f('ck_project_opening_chance_chance')),
    sa.ForeignKeyConstraint(['project_id'], ['onemap.project.id'], name=op.f('fk_project_opening_chance_project_id'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['run_id'], ['onemap.run.id'], name=op.f('fk_project_opening_chance_run_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('run_id', 'project_id', 'year', name=op.f('pk_project_opening_chance')),
    schema='onemap',
    comment='Chance of each project to be ready by each school year'
    )
    op.create_index(op.f('ix_project_opening_chance_project_id'), 'project_opening_chance', ['project_id'], unique=False, schema='onemap')
    op.create_geospatial_table('inspection',
    sa.Column('id', sa.BigInteger(), sa.Identity(always=False), nullable=False, comment='Inspection'),
    sa.Column('project_id', sa.BigInteger(), nullable=False, comment='Project'),
    sa.Column('project_building_id', sa.BigInteger(), nullable=True, comment='Building; empty: the site as a whole'),
    sa.Column('code', sa.String(), nullable=False, comment='Number of the inspection'),
    sa.Column('inspected_on', sa.Date(), nullable=False, comment='Day of the inspection'),
    sa.Column('inspector', sa.String(), nullable=False, comment='Who inspected'),
    sa.Column('severity', sa.String(), nullable=False, comment='none (nothing found), minor, serious or grave'),
    sa.Column('finding', sa.String(), nullable=True, comment='What was found'),
    sa.Column('closed_on', sa.Date(), nullable=True, comment='Day on which it was mended; empty while the finding is open'),
    sa.Column('photo_file', sa.String(), nullable=True, comment="Name of the photo's file"),
    sa.Column('geom', Geometry(geometry_type='POINT', srid=4490, dimension=2, spatial_index=False, from_text='ST_GeomFromEWKT', name='geometry'), nullable=True, comment='Where'),
    sa.CheckConstraint("severity in ('none', 'minor', 'serious', 'grave')", name=op.f('ck_inspection_severity')),
    sa.CheckConstraint('closed_on >= inspected_on', name=op.f('ck_inspection_closed_order')),
    sa.ForeignKeyConstraint(['project_building_id'], ['onemap.project_building.id'], name=op.f('fk_inspection_project_building_id'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['project_id'], ['onemap.project.id'], name=op.f('fk_inspection_project_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_inspection')),
    sa.UniqueConstraint('project_id', 'code', name=op.f('uq_inspection_project_id_code')),
    schema='onemap'
    )
    op.create_table_comment('inspection', 'Inspections of building sites and what they found', schema='onemap')
    op.create_geospatial_index('idx_inspection_geom', 'inspection', ['geom'], unique=False, schema='onemap', postgresql_using='gist', postgresql_ops={})
    op.create_index(op.f('ix_inspection_project_building_id'), 'inspection', ['project_building_id'], unique=False, schema='onemap')
    op.create_table('stage_change',
    sa.Column('id', sa.BigInteger(), sa.Identity(always=False), nullable=False, comment='Change of a stage record'),
    sa.Column('project_building_id', sa.BigInteger(), nullable=False, comment='Building'),
    sa.Column('construction_stage', sa.String(), nullable=False, comment='Stage whose record was changed'),
    sa.Column('old_actual_start_on', sa.Date(), nullable=True, comment='Actual first day before'),
    sa.Column('new_actual_start_on', sa.Date(), nullable=True, comment='Actual first day after'),
    sa.Column('old_actual_end_on', sa.Date(), nullable=True, comment='Actual last day before'),
    sa.Column('new_actual_end_on', sa.Date(), nullable=True, comment='Actual last day after'),
    sa.Column('old_progress_pct', sa.Double(), nullable=False, comment='Share done before'),
    sa.Column('new_progress_pct', sa.Double(), nullable=False, comment='Share done after'),
    sa.Column('old_recorded_on', sa.Date(), nullable=False, comment='Day of the record before'),
    sa.Column('new_recorded_on', sa.Date(), nullable=False, comment='Day of the record after'),
    sa.Column('reason', sa.String(), nullable=True, comment='Why; never empty where the work went back'),
    sa.Column('who', sa.String(), nullable=False, comment='Name of the officer'),
    sa.Column('source', sa.String(), nullable=False, comment='Where it was entered: cockpit, or the name of a file'),
    sa.Column('changed_at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False, comment='When'),
    sa.ForeignKeyConstraint(['project_building_id'], ['onemap.project_building.id'], name=op.f('fk_stage_change_project_building_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_stage_change')),
    schema='onemap',
    comment='Every change of a stage record; only ever added to'
    )
    op.create_index(op.f('ix_stage_change_project_building_id_id'), 'stage_change', ['project_building_id', 'id'], unique=False, schema='onemap')
    op.add_column('project_progress', sa.Column('expected_low_on', sa.Date(), nullable=True, comment='Early end of the interval; empty once completed'), schema='onemap')
    op.add_column('project_progress', sa.Column('expected_high_on', sa.Date(), nullable=True, comment='Late end of the interval; empty once completed'), schema='onemap')

    op.add_column('building_progress', sa.Column('course', postgresql.JSONB(astext_type=sa.Text()), nullable=True, comment='How it grows: days, heights, done, stages'), schema='onemap')
    op.add_column('project_progress', sa.Column('course', postgresql.JSONB(astext_type=sa.Text()), nullable=True, comment='How it grows: days, done, stages'), schema='onemap')


def downgrade() -> None:
    op.drop_column('project_progress', 'course', schema='onemap')
    op.drop_column('building_progress', 'course', schema='onemap')
    op.drop_column('project_progress', 'expected_high_on', schema='onemap')
    op.drop_column('project_progress', 'expected_low_on', schema='onemap')
    op.drop_index(op.f('ix_stage_change_project_building_id_id'), table_name='stage_change', schema='onemap')
    op.drop_table('stage_change', schema='onemap')
    op.drop_index(op.f('ix_inspection_project_building_id'), table_name='inspection', schema='onemap')
    op.drop_geospatial_index('idx_inspection_geom', table_name='inspection', schema='onemap', postgresql_using='gist', column_name='geom')
    op.drop_geospatial_table('inspection', schema='onemap')
    op.drop_index(op.f('ix_project_opening_chance_project_id'), table_name='project_opening_chance', schema='onemap')
    op.drop_table('project_opening_chance', schema='onemap')
    op.drop_table('payment', schema='onemap')
