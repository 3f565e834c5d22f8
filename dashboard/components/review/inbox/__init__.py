"""The inbox of new bad cases: judged as they arrive, decided by keyboard, conflicts first."""
