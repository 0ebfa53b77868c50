"""loading: loads of files, mappings of columns, findings, sources of values and their conflicts."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = '0014'
down_revision = '0013'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('source_load',
    sa.Column('id', sa.BigInteger(), sa.Identity(always=False), nullable=False, comment='One load of one dataset from one office'),
    sa.Column('district_id', sa.BigInteger(), nullable=False, comment='District'),
    sa.Column('dataset', sa.String(), nullable=False, comment='Name of the table that was filled'),
    sa.Column('office', sa.String(), nullable=False, comment='Office that the rows come from'),
    sa.Column('files', postgresql.JSONB(astext_type=sa.Text()), nullable=False, comment='Name and SHA-256 of each file, sheet, encoding and rows'),
    sa.Column('mapping', postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), nullable=True, comment='Mapping of columns that was used'),
    sa.Column('mode', sa.String(), nullable=False, comment='update, append, replace, or district: loaded with the district'),
    sa.Column('digest', sa.String(), nullable=False, comment='SHA-256 of files, mapping, mode and office: the same load twice'),
    sa.Column('as_of', sa.Date(), nullable=False, comment='Day on which the files were drawn'),
    sa.Column('rows_read', sa.Integer(), nullable=False, comment='Rows in the files'),
    sa.Column('rows_new', sa.Integer(), nullable=False, comment='Rows that were not there'),
    sa.Column('rows_changed', sa.Integer(), nullable=False, comment='Rows of which a value was changed'),
    sa.Column('rows_same', sa.Integer(), nullable=False, comment='Rows that were there as they are'),
    sa.Column('rows_refused', sa.Integer(), nullable=False, comment='Rows that break a rule'),
    sa.Column('rows_noted', sa.Integer(), nullable=False, comment='Rows with a value that was read otherwise, or is doubtful'),
    sa.Column('rows_vanished', sa.Integer(), nullable=False, comment='Rows that are there and not in the files'),
    sa.Column('rows_removed', sa.Integer(), nullable=False, comment='Of them removed'),
    sa.Column('loaded_at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False, comment='When'),
    sa.Column('loaded_by', sa.String(), nullable=False, comment='Account that loaded it'),
    sa.CheckConstraint("mode in ('update', 'append', 'replace', 'district')", name=op.f('ck_source_load_mode')),
    sa.CheckConstraint('rows_changed >= 0', name=op.f('ck_source_load_rows_changed')),
    sa.CheckConstraint('rows_new >= 0', name=op.f('ck_source_load_rows_new')),
    sa.CheckConstraint('rows_noted >= 0', name=op.f('ck_source_load_rows_noted')),
    sa.CheckConstraint('rows_read >= 0', name=op.f('ck_source_load_rows_read')),
    sa.CheckConstraint('rows_refused >= 0', name=op.f('ck_source_load_rows_refused')),
    sa.CheckConstraint('rows_removed >= 0', name=op.f('ck_source_load_rows_removed')),
    sa.CheckConstraint('rows_same >= 0', name=op.f('ck_source_load_rows_same')),
    sa.CheckConstraint('rows_vanished >= 0', name=op.f('ck_source_load_rows_vanished')),
    sa.ForeignKeyConstraint(['district_id'], ['onemap.district.id'], name=op.f('fk_source_load_district_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_source_load')),
    schema='onemap',
    comment='Every load of files: who delivered what, as of when, and what became of it'
    )
    op.create_index(op.f('ix_source_load_district_id_dataset_office_id'), 'source_load', ['district_id', 'dataset', 'office', 'id'], unique=False, schema='onemap')
    op.create_table('source_mapping',
    sa.Column('district_id', sa.BigInteger(), nullable=False, comment='District'),
    sa.Column('dataset', sa.String(), nullable=False, comment='Dataset'),
    sa.Column('office', sa.String(), nullable=False, comment='Office whose files it reads'),
    sa.Column('mapping', postgresql.JSONB(astext_type=sa.Text()), nullable=False, comment='Which header is which column'),
    sa.Column('saved_at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False, comment='When'),
    sa.Column('saved_by', sa.String(), nullable=False, comment='Account that loaded with it'),
    sa.ForeignKeyConstraint(['district_id'], ['onemap.district.id'], name=op.f('fk_source_mapping_district_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('district_id', 'dataset', 'office', name=op.f('pk_source_mapping')),
    schema='onemap',
    comment='Mappings of columns as they were last used, by office'
    )
    op.create_table('value_conflict',
    sa.Column('district_id', sa.BigInteger(), nullable=False, comment='District'),
    sa.Column('dataset', sa.String(), nullable=False, comment='Dataset'),
    sa.Column('row_key', sa.String(), nullable=False, comment='Key of the row as files write it'),
    sa.Column('column_name', sa.String(), nullable=False, comment='Column'),
    sa.Column('kept_value', sa.String(), nullable=True, comment='Value that is stored'),
    sa.Column('kept_office', sa.String(), nullable=False, comment='Office that tells it'),
    sa.Column('kept_as_of', sa.Date(), nullable=False, comment='Day on which its file was drawn'),
    sa.Column('left_value', sa.String(), nullable=True, comment='Value that is not stored'),
    sa.Column('left_office', sa.String(), nullable=False, comment='Office that tells it'),
    sa.Column('left_as_of', sa.Date(), nullable=False, comment='Day on which its file was drawn'),
    sa.Column('rule', sa.String(), nullable=False, comment='What decided: authority, newest or first'),
    sa.Column('noted_at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False, comment='When'),
    sa.CheckConstraint("rule in ('authority', 'newest', 'first')", name=op.f('ck_value_conflict_rule')),
    sa.ForeignKeyConstraint(['district_id'], ['onemap.district.id'], name=op.f('fk_value_conflict_district_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('district_id', 'dataset', 'row_key', 'column_name', 'left_office', name=op.f('pk_value_conflict')),
    schema='registry',
    comment='Values on which offices differ, and which one is kept by which rule'
    )
    op.create_table('load_finding',
    sa.Column('id', sa.BigInteger(), sa.Identity(always=False), nullable=False, comment='One finding of a load'),
    sa.Column('load_id', sa.BigInteger(), nullable=False, comment='Load'),
    sa.Column('outcome', sa.String(), nullable=False, comment='refused, changed or warned'),
    sa.Column('file', sa.String(), nullable=False, comment='File'),
    sa.Column('sheet', sa.String(), nullable=True, comment='Sheet or layer'),
    sa.Column('line', sa.Integer(), nullable=False, comment='Line in the file, from 1'),
    sa.Column('column_name', sa.String(), nullable=False, comment='Column of ours'),
    sa.Column('header', sa.String(), nullable=True, comment='Header in the file'),
    sa.Column('found', sa.String(), nullable=True, comment='Value that was found; identity numbers masked'),
    sa.Column('stored', sa.String(), nullable=True, comment='Value that was stored in its place'),
    sa.Column('rule', sa.String(), nullable=False, comment='Rule that it broke'),
    sa.Column('mend', sa.String(), nullable=False, comment='How to mend it'),
    sa.CheckConstraint("outcome in ('refused', 'changed', 'warned')", name=op.f('ck_load_finding_outcome')),
    sa.ForeignKeyConstraint(['load_id'], ['onemap.source_load.id'], name=op.f('fk_load_finding_load_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_load_finding')),
    schema='registry',
    comment='Refused, changed and doubtful values of each load, for the data steward'
    )
    op.create_index(op.f('ix_load_finding_load_id'), 'load_finding', ['load_id'], unique=False, schema='registry')
    op.create_table('value_source',
    sa.Column('district_id', sa.BigInteger(), nullable=False, comment='District'),
    sa.Column('dataset', sa.String(), nullable=False, comment='Dataset'),
    sa.Column('row_key', sa.String(), nullable=False, comment='Key of the row as files write it; * for all rows'),
    sa.Column('column_name', sa.String(), nullable=False, comment='Column; * for all columns'),
    sa.Column('load_id', sa.BigInteger(), nullable=False, comment='Load that brought the value'),
    sa.ForeignKeyConstraint(['district_id'], ['onemap.district.id'], name=op.f('fk_value_source_district_id'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['load_id'], ['onemap.source_load.id'], name=op.f('fk_value_source_load_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('district_id', 'dataset', 'row_key', 'column_name', name=op.f('pk_value_source')),
    schema='registry',
    comment='Where values come from that are not from the main source of their dataset'
    )
    op.create_index(op.f('ix_value_source_load_id'), 'value_source', ['load_id'], unique=False, schema='registry')
    op.add_column('dataset', sa.Column('load_id', sa.BigInteger(), nullable=True, comment='Load that most of its rows come from; empty: loaded with the district'), schema='onemap')
    op.create_index(op.f('ix_dataset_load_id'), 'dataset', ['load_id'], unique=False, schema='onemap')
    op.create_foreign_key(op.f('fk_dataset_load_id'), 'dataset', 'source_load', ['load_id'], ['id'], source_schema='onemap', referent_schema='onemap', ondelete='CASCADE')
    op.add_column('run', sa.Column('datasets', postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), nullable=True, comment='Names of the datasets it read; empty: not known'), schema='onemap')


def downgrade() -> None:
    op.drop_column('run', 'datasets', schema='onemap')
    op.drop_column('dataset', 'load_id', schema='onemap')
    for name, schema in (
        ('value_source', 'registry'),
        ('load_finding', 'registry'),
        ('value_conflict', 'registry'),
        ('source_mapping', 'onemap'),
        ('source_load', 'onemap'),
    ):
        op.drop_table(name, schema=schema)
