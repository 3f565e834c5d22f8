"""Events told to other systems: drift, a broken promise, a gate that refused, conflicting reports."""
