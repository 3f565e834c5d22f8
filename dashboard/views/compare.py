"""Compare: sentences against others, judged by the policy and by the published thresholds."""

from __future__ import annotations

from dashboard.components.compare import page
from dashboard.components.frame.shell import heading
from dashboard.i18n import t

heading(t("Compare"), t("Compare sentences, and see how your policy judges each score."))
page.show()
