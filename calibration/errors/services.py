"""Errors of a SimTier server that is called over HTTP."""

from __future__ import annotations

from calibration.errors.base import N_, SimTierError, Words


class ServiceError(SimTierError):
    """Another SimTier, asked over HTTP, gave no answer. `status`: HTTP's, None where nothing came back; `code` and
    `field` are the answer's own, empty and None where it has none.
    """

    def __init__(
        self, status: int | None = None, code: str = "", field: str | None = None, **params: object
    ) -> None:
        self.status, self.code, self.field = status, code, field
        super().__init__(status=status, code=code, **params)


class ServiceUnreachable(ServiceError):
    """Nothing came back: no connection, or none for so long."""

    template = N_("{url}: cannot be reached ({reason})")

    def __init__(self, url: str, reason: Words) -> None:
        super().__init__(url=url, reason=reason)


class ServiceBusy(ServiceError):
    """It said 503 (busy, loading, broken) for as long as one would wait."""

    template = N_("{url}: not ready after {seconds:.0f} s of trying ({reason})")

    def __init__(self, url: str, seconds: float, code: str, reason: Words) -> None:
        super().__init__(503, code, url=url, seconds=seconds, reason=reason)


class ServiceRefused(ServiceError):
    """It says that the request is wrong: 4xx, with the field that is to blame where one is."""

    template = N_("refused with {status} {code}: {reason}")


class ServiceFailed(ServiceError):
    """It went wrong over there, or what came back is no answer of SimTier's."""

    template = N_("failed with {status} {code}: {reason}")
