"""admission: guardians, seats used, deferrals, rules, results, decisions."""

import sqlalchemy as sa
from alembic import op

revision = '0003'
down_revision = '0002'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('admission_rule',
    sa.Column('id', sa.BigInteger(), sa.Identity(always=False), nullable=False, comment='Rules of admission'),
    sa.Column('district_id', sa.BigInteger(), nullable=False, comment='District'),
    sa.Column('version', sa.String(), nullable=False, comment='SHA-256 of the rule file'),
    sa.Column('code', sa.String(), nullable=False, comment='Code of the rules'),
    sa.Column('name_zh', sa.String(), nullable=False, comment='Name in Chinese'),
    sa.Column('name_en', sa.String(), nullable=False, comment='Name in English'),
    sa.Column('text', sa.String(), nullable=False, comment='The rule file, whole'),
    sa.Column('stored_at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False, comment='When a run first used it'),
    sa.ForeignKeyConstraint(['district_id'], ['onemap.district.id'], name=op.f('fk_admission_rule_district_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_admission_rule')),
    sa.UniqueConstraint('district_id', 'version', name=op.f('uq_admission_rule_district_id_version')),
    schema='onemap',
    comment='Rule files as they stood when they were used'
    )
    op.create_table('admission_cut',
    sa.Column('run_id', sa.BigInteger(), nullable=False, comment='Run'),
    sa.Column('school_id', sa.BigInteger(), nullable=False, comment='School'),
    sa.Column('batch', sa.String(), nullable=False, comment='Code of the batch'),
    sa.Column('place', sa.SmallInteger(), nullable=False, comment='Place of the batch in the order, from 1'),
    sa.Column('seats', sa.Integer(), nullable=False, comment="Seats of the school's entry grade"),
    sa.Column('children', sa.Integer(), nullable=False, comment='Children of the zone in the batch, exceptions aside'),
    sa.Column('seated', sa.Integer(), nullable=False, comment='Of them seated at the school'),
    sa.Column('placed_elsewhere', sa.Integer(), nullable=False, comment='Of them placed at another school'),
    sa.Column('exceptions', sa.Integer(), nullable=False, comment='Further children of zone and batch that a person must decide'),
    sa.Column('placed_here', sa.Integer(), nullable=False, comment='Children of other zones in the batch placed at the school'),
    sa.Column('last_score', sa.Double(), nullable=True, comment='Score of the last child seated'),
    sa.Column('first_unseated_score', sa.Double(), nullable=True, comment='Score of the first child without a seat'),
    sa.CheckConstraint('children >= 0', name=op.f('ck_admission_cut_children')),
    sa.CheckConstraint('exceptions >= 0', name=op.f('ck_admission_cut_exceptions')),
    sa.CheckConstraint('placed_elsewhere >= 0', name=op.f('ck_admission_cut_placed_elsewhere')),
    sa.CheckConstraint('placed_here >= 0', name=op.f('ck_admission_cut_placed_here')),
    sa.CheckConstraint('seated >= 0', name=op.f('ck_admission_cut_seated')),
    sa.CheckConstraint('seats >= 0', name=op.f('ck_admission_cut_seats')),
    sa.ForeignKeyConstraint(['run_id'], ['onemap.run.id'], name=op.f('fk_admission_cut_run_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('run_id', 'school_id', 'batch', name=op.f('pk_admission_cut')),
    schema='onemap',
    comment='How far each batch got at each school (录取线)'
    )
    op.create_table('admission_result',
    sa.Column('run_id', sa.BigInteger(), nullable=False, comment='Run'),
    sa.Column('child_id', sa.BigInteger(), nullable=False, comment='Child'),
    sa.Column('child_code', sa.String(), nullable=False, comment='Pseudonym of the child'),
    sa.Column('household_code', sa.String(), nullable=False, comment='Household number'),
    sa.Column('born_on', sa.Date(), nullable=False, comment='Date of birth'),
    sa.Column('outcome', sa.String(), nullable=False, comment='seated, placed or exception'),
    sa.Column('school_id', sa.BigInteger(), nullable=True, comment='School that admits the child; empty for exceptions'),
    sa.Column('reason', sa.String(), nullable=True, comment='Why a person must decide; only for exceptions'),
    sa.Column('detail', sa.String(), nullable=True, comment='What the reason rests on, such as the missing fact'),
    sa.Column('zone_school_id', sa.BigInteger(), nullable=True, comment='School in whose catchment the child counts'),
    sa.Column('zone_basis', sa.String(), nullable=True, comment='What put the child there: registered, owned or residence'),
    sa.Column('batch', sa.String(), nullable=True, comment='Code of the batch'),
    sa.Column('score', sa.Double(), nullable=True, comment='Score inside the batch'),
    sa.Column('position', sa.Integer(), nullable=True, comment="Place in the order of the zone's school, from 1"),
    sa.Column('tie_broken_by', sa.String(), nullable=True, comment='What set the child apart from those with the same score'),
    sa.Column('lot', sa.String(), nullable=True, comment='Lot drawn from the seed, hexadecimal, where it decided'),
    sa.Column('walk_distance_m', sa.Double(), nullable=True, comment='Way on foot to the school of a placed child'),
    sa.Column('local', sa.Boolean(), nullable=False, comment='Locally registered'),
    sa.Column('registered_inside', sa.Boolean(), nullable=False, comment='Registered inside the zone'),
    sa.Column('owns_inside', sa.Boolean(), nullable=False, comment='A qualifying owner holds a dwelling inside the zone'),
    sa.Column('lives_inside', sa.Boolean(), nullable=False, comment='Lives inside the zone'),
    sa.Column('registered_at_owned', sa.Boolean(), nullable=False, comment='Registered at the very dwelling that is owned'),
    sa.Column('owns_elsewhere', sa.Boolean(), nullable=False, comment='A qualifying owner holds a dwelling outside the zone'),
    sa.Column('sibling_enrolled', sa.Boolean(), nullable=False, comment="An elder sibling attends the zone's school"),
    sa.Column('deferral_certificate', sa.Boolean(), nullable=False, comment='Enters later by certificate'),
    sa.Column('dwelling_locked', sa.Boolean(), nullable=False, comment='The dwelling gave another family a seat too lately'),
    sa.Column('owner_relation', sa.String(), nullable=True, comment='Nearest relation among the owners: child, parent, grandparent'),
    sa.Column('owned_share_pct', sa.Double(), nullable=True, comment='Share that the qualifying owners hold together'),
    sa.Column('owned_area_m2', sa.Double(), nullable=True, comment='Floor area of the dwelling'),
    sa.Column('owned_use', sa.String(), nullable=True, comment='Use of the dwelling'),
    sa.Column('owned_tenure', sa.String(), nullable=True, comment='Tenure of the dwelling'),
    sa.Column('property_since', sa.Date(), nullable=True, comment='Day from which the property counts'),
    sa.Column('certificate_on', sa.Date(), nullable=True, comment='Day of the certificate'),
    sa.Column('slip_on', sa.Date(), nullable=True, comment='Day of the resettlement slip'),
    sa.Column('registered_since', sa.Date(), nullable=True, comment='Day of registration at the address'),
    sa.Column('permit_since', sa.Date(), nullable=True, comment='First day of the residence permit'),
    sa.Column('points', sa.Double(), nullable=True, comment='Points of migrants'),
    sa.Column('registered_unit_id', sa.BigInteger(), nullable=True, comment='Dwelling of registration'),
    sa.Column('owned_unit_id', sa.BigInteger(), nullable=True, comment='Dwelling that is owned'),
    sa.Column('residence_unit_id', sa.BigInteger(), nullable=True, comment='Dwelling of residence'),
    sa.Column('building_id', sa.BigInteger(), nullable=True, comment='Building from which the way to school is measured'),
    sa.Column('locked_until', sa.SmallInteger(), nullable=True, comment='First year in which the dwelling gives a seat again'),
    sa.CheckConstraint("(outcome = 'exception') = (reason is not null)", name=op.f('ck_admission_result_reason')),
    sa.CheckConstraint("(outcome = 'exception') = (school_id is null)", name=op.f('ck_admission_result_school')),
    sa.CheckConstraint("outcome in ('seated', 'placed', 'exception')", name=op.f('ck_admission_result_outcome')),
    sa.ForeignKeyConstraint(['run_id'], ['onemap.run.id'], name=op.f('fk_admission_result_run_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('run_id', 'child_id', name=op.f('pk_admission_result')),
    schema='registry',
    comment='What a run decided for each child, with the facts that it used'
    )
    op.create_index(op.f('ix_admission_result_child_code'), 'admission_result', ['child_code'], unique=False, schema='registry')
    op.create_index(op.f('ix_admission_result_run_id_zone_school_id'), 'admission_result', ['run_id', 'zone_school_id'], unique=False, schema='registry')
    op.create_table('admission_override',
    sa.Column('id', sa.BigInteger(), sa.Identity(always=False), nullable=False, comment='Decision of an officer'),
    sa.Column('district_id', sa.BigInteger(), nullable=False, comment='District'),
    sa.Column('stage', sa.String(), nullable=False, comment='Stage of education'),
    sa.Column('year', sa.SmallInteger(), nullable=False, comment='Year in which the school year begins'),
    sa.Column('child_code', sa.String(), nullable=False, comment='Pseudonym of the child'),
    sa.Column('school_id', sa.BigInteger(), nullable=True, comment='School decided; empty: the decision is withdrawn'),
    sa.Column('reason', sa.String(), nullable=False, comment="Why, in the officer's words"),
    sa.Column('who', sa.String(), nullable=False, comment='Name of the officer'),
    sa.Column('decided_at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False, comment='When'),
    sa.ForeignKeyConstraint(['district_id'], ['onemap.district.id'], name=op.f('fk_admission_override_district_id'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['school_id'], ['onemap.school.id'], name=op.f('fk_admission_override_school_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_admission_override')),
    schema='registry',
    comment='Decisions of officers over what runs decided; only ever added to, the last one counts'
    )
    op.create_index(op.f('ix_admission_override_district_id_stage_year_child_code_id'), 'admission_override', ['district_id', 'stage', 'year', 'child_code', 'id'], unique=False, schema='registry')
    op.create_index(op.f('ix_admission_override_school_id'), 'admission_override', ['school_id'], unique=False, schema='registry')
    op.create_table('guardian',
    sa.Column('id', sa.BigInteger(), sa.Identity(always=False), nullable=False, comment='Guardian'),
    sa.Column('district_id', sa.BigInteger(), nullable=False, comment='District'),
    sa.Column('household_id', sa.BigInteger(), nullable=False, comment='Household of the children'),
    sa.Column('relation', sa.String(), nullable=False, comment='What the person is to the children: parent or grandparent'),
    sa.Column('identity_hash', sa.String(), nullable=False, comment='Keyed hash of the identity number'),
    sa.CheckConstraint("relation in ('parent', 'grandparent')", name=op.f('ck_guardian_relation')),
    sa.ForeignKeyConstraint(['district_id'], ['onemap.district.id'], name=op.f('fk_guardian_district_id'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['household_id'], ['registry.household.id'], name=op.f('fk_guardian_household_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_guardian')),
    schema='registry',
    comment='Parents and grandparents, in the household or not, whose property may count'
    )
    op.create_index(op.f('ix_guardian_district_id'), 'guardian', ['district_id'], unique=False, schema='registry')
    op.create_index(op.f('ix_guardian_household_id'), 'guardian', ['household_id'], unique=False, schema='registry')
    op.create_table('deferral',
    sa.Column('id', sa.BigInteger(), sa.Identity(always=False), nullable=False, comment='Deferral certificate'),
    sa.Column('district_id', sa.BigInteger(), nullable=False, comment='District'),
    sa.Column('child_id', sa.BigInteger(), nullable=False, comment='Child'),
    sa.Column('stage', sa.String(), nullable=False, comment='Stage whose entry is put off'),
    sa.Column('from_year', sa.SmallInteger(), nullable=False, comment='Year in which the child would have entered'),
    sa.Column('to_year', sa.SmallInteger(), nullable=False, comment='Year in which it enters'),
    sa.Column('granted_on', sa.Date(), nullable=False, comment='Day of the certificate'),
    sa.CheckConstraint('to_year > from_year', name=op.f('ck_deferral_later')),
    sa.ForeignKeyConstraint(['child_id'], ['registry.child.id'], name=op.f('fk_deferral_child_id'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['district_id'], ['onemap.district.id'], name=op.f('fk_deferral_district_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_deferral')),
    schema='registry',
    comment='Certificates of deferred entry (缓学证明)'
    )
    op.create_index(op.f('ix_deferral_child_id'), 'deferral', ['child_id'], unique=False, schema='registry')
    op.create_index(op.f('ix_deferral_district_id'), 'deferral', ['district_id'], unique=False, schema='registry')
    op.create_table('seat_use',
    sa.Column('id', sa.BigInteger(), sa.Identity(always=False), nullable=False, comment='Use of a seat'),
    sa.Column('district_id', sa.BigInteger(), nullable=False, comment='District'),
    sa.Column('child_id', sa.BigInteger(), nullable=False, comment='Pupil'),
    sa.Column('household_id', sa.BigInteger(), nullable=False, comment='Household at entry'),
    sa.Column('school_id', sa.BigInteger(), nullable=False, comment='School that was entered'),
    sa.Column('stage', sa.String(), nullable=False, comment='Stage of education'),
    sa.Column('entered_year', sa.SmallInteger(), nullable=False, comment='Year in which the first school year began'),
    sa.Column('property_unit_id', sa.BigInteger(), nullable=True, comment='Dwelling that gave the right to the seat; empty when none did'),
    sa.ForeignKeyConstraint(['child_id'], ['registry.child.id'], name=op.f('fk_seat_use_child_id'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['district_id'], ['onemap.district.id'], name=op.f('fk_seat_use_district_id'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['household_id'], ['registry.household.id'], name=op.f('fk_seat_use_household_id'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['property_unit_id'], ['registry.property_unit.id'], name=op.f('fk_seat_use_property_unit_id'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['school_id'], ['onemap.school.id'], name=op.f('fk_seat_use_school_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_seat_use')),
    schema='registry',
    comment='Which school a child entered, when, and on which dwelling (学位使用)'
    )
    op.create_index(op.f('ix_seat_use_child_id'), 'seat_use', ['child_id'], unique=False, schema='registry')
    op.create_index(op.f('ix_seat_use_district_id'), 'seat_use', ['district_id'], unique=False, schema='registry')
    op.create_index(op.f('ix_seat_use_household_id'), 'seat_use', ['household_id'], unique=False, schema='registry')
    op.create_index(op.f('ix_seat_use_property_unit_id'), 'seat_use', ['property_unit_id'], unique=False, schema='registry')
    op.create_index(op.f('ix_seat_use_school_id'), 'seat_use', ['school_id'], unique=False, schema='registry')

    op.create_index(op.f('ix_property_certificate_owner_hash'), 'property_certificate', ['owner_hash'], unique=False, schema='registry')


def downgrade() -> None:
    op.drop_index(op.f('ix_property_certificate_owner_hash'), table_name='property_certificate', schema='registry')
    op.drop_table('seat_use', schema='registry')
    op.drop_table('deferral', schema='registry')
    op.drop_table('guardian', schema='registry')
    op.drop_table('admission_override', schema='registry')
    op.drop_table('admission_result', schema='registry')
    op.drop_table('admission_cut', schema='onemap')
    op.drop_table('admission_rule', schema='onemap')
