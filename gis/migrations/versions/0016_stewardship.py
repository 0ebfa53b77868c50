"""stewardship: quality of datasets as it was counted, load by load."""

import sqlalchemy as sa
from alembic import op

revision = '0016'
down_revision = '0015'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('quality_measure',
    sa.Column('id', sa.BigInteger(), sa.Identity(always=False), nullable=False, comment='One part of one measure of one dataset at one time'),
    sa.Column('district_id', sa.BigInteger(), nullable=False, comment='District'),
    sa.Column('dataset', sa.String(), nullable=False, comment='Dataset'),
    sa.Column('measure', sa.String(), nullable=False, comment='completeness, validity, uniqueness, consistency or timeliness'),
    sa.Column('part', sa.String(), nullable=False, comment='Column or rule that was checked'),
    sa.Column('checked', sa.BigInteger(), nullable=False, comment='Values, rows or days that were looked at'),
    sa.Column('broken', sa.BigInteger(), nullable=False, comment='Of them not as they should be'),
    sa.Column('measured_at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False, comment='When'),
    sa.Column('load_id', sa.BigInteger(), nullable=True, comment='Load after which it was counted'),
    sa.CheckConstraint('broken >= 0', name=op.f('ck_quality_measure_broken')),
    sa.CheckConstraint('checked >= 0', name=op.f('ck_quality_measure_checked')),
    sa.CheckConstraint("measure in ('completeness', 'validity', 'uniqueness', 'consistency', 'timeliness')", name=op.f('ck_quality_measure_measure')),
    sa.ForeignKeyConstraint(['district_id'], ['onemap.district.id'], name=op.f('fk_quality_measure_district_id'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['load_id'], ['onemap.source_load.id'], name=op.f('fk_quality_measure_load_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_quality_measure')),
    schema='onemap',
    comment='Quality of each dataset after each load: what was checked and what was broken'
    )
    op.create_index(op.f('ix_quality_measure_district_id_dataset_measured_at'), 'quality_measure', ['district_id', 'dataset', 'measured_at'], unique=False, schema='onemap')
    op.create_index(op.f('ix_quality_measure_load_id'), 'quality_measure', ['load_id'], unique=False, schema='onemap')


def downgrade() -> None:
    op.drop_table('quality_measure', schema='onemap')
