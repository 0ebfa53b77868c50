"""terms of plans."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = '0005'
down_revision = '0004'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column('plan_measure', sa.Column('terms', postgresql.JSONB(astext_type=sa.Text()), nullable=True, comment='What the division had to keep, units and schools by code; empty for methods without terms'), schema='onemap')


def downgrade() -> None:
    op.drop_column('plan_measure', 'terms', schema='onemap')
