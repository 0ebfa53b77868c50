"""register states."""

import sqlalchemy as sa
from alembic import op

revision = '0004'
down_revision = '0003'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('register_state',
    sa.Column('run_id', sa.BigInteger(), nullable=False, comment='Run'),
    sa.Column('stage', sa.String(), nullable=False, comment='Stage that the children enter'),
    sa.Column('year', sa.SmallInteger(), nullable=False, comment='Year in which the school year begins'),
    sa.Column('sort', sa.String(), nullable=False, comment='state (a child has one) or fault (a child has any)'),
    sa.Column('code', sa.String(), nullable=False, comment='State or fault'),
    sa.Column('children', sa.Integer(), nullable=False, comment='Children'),
    sa.CheckConstraint("sort in ('state', 'fault')", name=op.f('ck_register_state_sort')),
    sa.CheckConstraint('children >= 0', name=op.f('ck_register_state_children')),
    sa.ForeignKeyConstraint(['run_id'], ['onemap.run.id'], name=op.f('fk_register_state_run_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('run_id', 'stage', 'year', 'sort', 'code', name=op.f('pk_register_state')),
    schema='onemap',
    comment='How far the registers of households, dwellings and children agree (登记比对)'
    )


def downgrade() -> None:
    op.drop_table('register_state', schema='onemap')
