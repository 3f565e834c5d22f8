"""At most one policy in use, whatever its name: pages and API judge by one only."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

BY_NAME, ONE = "uq_policies_published_name", "uq_policies_published"
WHERE = sa.text("status = 'published'")
REPLACED = """
UPDATE policies SET status = 'retired' WHERE status = 'published' AND EXISTS (
    SELECT 1 FROM policies AS later WHERE later.status = 'published' AND later.publication > policies.publication)
"""


def upgrade() -> None:
    """Retire all that are published but the last one, and allow no second one."""
    op.execute(REPLACED)
    op.drop_index(BY_NAME, table_name="policies")
    op.create_index(ONE, "policies", ["status"], unique=True, sqlite_where=WHERE, postgresql_where=WHERE)


def downgrade() -> None:
    """Allow one a name again; what was retired stays so."""
    op.drop_index(ONE, table_name="policies")
    op.create_index(BY_NAME, "policies", ["name"], unique=True, sqlite_where=WHERE, postgresql_where=WHERE)
