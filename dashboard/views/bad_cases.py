from dashboard.components.shell import heading
heading("bad_cases", "bad_cases")
