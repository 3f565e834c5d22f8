from dashboard.components.shell import heading
heading("calibration", "calibration")
