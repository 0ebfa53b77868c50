"""addresses: those that wait for a person, and what people decided."""

import geoalchemy2
import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = '0015'
down_revision = '0014'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('address_queue',
    sa.Column('id', sa.BigInteger(), sa.Identity(always=False), nullable=False, comment='Address that waits for a person'),
    sa.Column('district_code', sa.String(), nullable=False, comment='Code of the district'),
    sa.Column('text', sa.String(), nullable=False, comment='The address written anew: the same for all ways of writing it'),
    sa.Column('written', sa.String(), nullable=False, comment='One way in which it was written'),
    sa.Column('source', sa.String(), nullable=False, comment='File it came from last'),
    sa.Column('times', sa.Integer(), nullable=False, comment='Rows of that file that bear it'),
    sa.Column('why', sa.String(), nullable=False, comment='Why nothing was guessed'),
    sa.Column('level', sa.String(), nullable=False, comment='How far it could be read'),
    sa.Column('score', sa.Double(), nullable=False, comment='Score of the best candidate'),
    sa.Column('candidates', postgresql.JSONB(astext_type=sa.Text()), nullable=False, comment='What it may be, best first: kind, code, label, unit, score, place'),
    sa.Column('state', sa.String(), nullable=False, comment='open, resolved by a person, or found by a later run'),
    sa.Column('queued_at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False, comment='When it was queued'),
    sa.CheckConstraint("state in ('open', 'resolved', 'found')", name=op.f('ck_address_queue_state')),
    sa.CheckConstraint("why in ('ambiguous', 'doubtful', 'coarse', 'elsewhere', 'unknown')", name=op.f('ck_address_queue_why')),
    sa.CheckConstraint('score >= 0', name=op.f('ck_address_queue_score')),
    sa.CheckConstraint('times >= 1', name=op.f('ck_address_queue_times')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_address_queue')),
    sa.UniqueConstraint('district_code', 'text', name=op.f('uq_address_queue_district_code_text')),
    schema='registry',
    comment='Addresses that a person must place (待人工核定地址)'
    )
    op.create_table('address_decision',
    sa.Column('id', sa.BigInteger(), sa.Identity(always=False), nullable=False, comment='Decision on an address'),
    sa.Column('district_code', sa.String(), nullable=False, comment='Code of the district'),
    sa.Column('text', sa.String(), nullable=False, comment='The address written anew, as in address_queue'),
    sa.Column('building_code', sa.String(), nullable=True, comment='Building that was chosen; empty for a place on the map'),
    sa.Column('reason', sa.String(), nullable=False, comment='Why, in the words of who decided'),
    sa.Column('who', sa.String(), nullable=False, comment='Who decided'),
    sa.Column('decided_at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False, comment='When it was decided'),
    sa.Column('queue_id', sa.BigInteger(), nullable=True, comment='Row of the queue that it answers'),
    sa.Column('geom', geoalchemy2.types.Geometry(geometry_type='POINT', srid=4490, dimension=2, spatial_index=False, from_text='ST_GeomFromEWKT', name='geometry', nullable=False), nullable=False, comment='The place'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_address_decision')),
    schema='registry',
    comment='Decisions on addresses, only ever added; the last over a text counts (地址核定)'
    )
    op.create_index(op.f('ix_address_decision_district_code_text'), 'address_decision', ['district_code', 'text'], unique=False, schema='registry')


def downgrade() -> None:
    for name in ('address_decision', 'address_queue'):
        op.drop_table(name, schema='registry')
