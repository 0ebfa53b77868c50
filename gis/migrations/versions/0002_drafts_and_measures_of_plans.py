"""drafts and measures of plans."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = '0002'
down_revision = '0001'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column('plan', sa.Column('is_draft', sa.Boolean(), server_default=sa.text('false'), nullable=False, comment='Whether it is only tried out; drafts are listed on request'), schema='onemap')
    op.create_table('plan_measure',
    sa.Column('plan_id', sa.BigInteger(), nullable=False, comment='Plan'),
    sa.Column('stage', sa.String(), nullable=False, comment='Stage of education'),
    sa.Column('method', sa.String(), nullable=False, comment='Method that drew the stage; empty text: the plan was given'),
    sa.Column('year', sa.SmallInteger(), nullable=False, comment='Year of the pupils and seats'),
    sa.Column('on_foot', sa.Boolean(), nullable=False, comment='Whether ways lead over the streets; else straight lines'),
    sa.Column('pupils', sa.Integer(), nullable=False, comment='Pupils in planning units'),
    sa.Column('outside_pupils', sa.Integer(), nullable=False, comment='Of them in units without a catchment'),
    sa.Column('over_capacity_pupils', sa.Integer(), nullable=False, comment='Pupils above the seats of their school'),
    sa.Column('pupil_km', sa.Double(), nullable=True, comment='Sum of all ways; empty when some school cannot be reached'),
    sa.Column('mean_distance_m', sa.Double(), nullable=True, comment='Mean way of a pupil to the school'),
    sa.Column('p95_distance_m', sa.Double(), nullable=True, comment='Way that 95 % of the pupils do not exceed'),
    sa.Column('radius_m', sa.Double(), nullable=True, comment='Service radius of the stage'),
    sa.Column('beyond_radius_pct', sa.Double(), nullable=True, comment='Share of pupils whose way is longer than the radius'),
    sa.Column('moved_pupils', sa.Integer(), nullable=True, comment='Pupils whose unit leaves its school of the default plan'),
    sa.Column('compactness', sa.Double(), nullable=True, comment='Mean of 4π·area/perimeter² over the catchments'),
    sa.Column('connected', sa.Boolean(), nullable=False, comment='Whether each catchment is of one piece'),
    sa.Column('objective', sa.Double(), nullable=True, comment='What was minimised'),
    sa.Column('objective_parts', postgresql.JSONB(astext_type=sa.Text()), nullable=False, comment='What the objective is made of'),
    sa.Column('lower_bound', sa.Double(), nullable=True, comment='No division goes below this objective'),
    sa.Column('gap_pct', sa.Double(), nullable=True, comment='How far the objective may lie above the best possible'),
    sa.Column('bound_note', sa.String(), nullable=True, comment='What the bound cannot see'),
    sa.Column('stopped', sa.Boolean(), nullable=False, comment='Whether somebody ended the search early'),
    sa.Column('seconds', sa.Double(), nullable=False, comment='Time that drawing the stage took'),
    sa.Column('seed', sa.BigInteger(), nullable=True, comment='Seed of anything drawn by lot'),
    sa.CheckConstraint('outside_pupils >= 0', name=op.f('ck_plan_measure_outside_pupils')),
    sa.CheckConstraint('over_capacity_pupils >= 0', name=op.f('ck_plan_measure_over_capacity_pupils')),
    sa.CheckConstraint('pupils >= 0', name=op.f('ck_plan_measure_pupils')),
    sa.ForeignKeyConstraint(['plan_id'], ['onemap.plan.id'], name=op.f('fk_plan_measure_plan_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('plan_id', 'stage', name=op.f('pk_plan_measure')),
    schema='onemap',
    comment='What a plan is worth, by stage, and what is proven of it'
    )


def downgrade() -> None:
    # Without the column nothing tells a draft from a plan.
    op.execute('delete from onemap.plan where is_draft')
    op.drop_table('plan_measure', schema='onemap')
    op.drop_column('plan', 'is_draft', schema='onemap')
