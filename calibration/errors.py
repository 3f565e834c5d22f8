"""Every exception of SimTier: one class a cause, each carrying the values that it is about.

    SimTierError
    ├── InputError                the user's data or arguments are wrong        (CLI exit 2, HTTP 4xx)
    │   ├── FileUnreadable        a file is missing, damaged, or of no accepted format
    │   ├── EmptyInput            a file or frame holds no pairs
    │   ├── ColumnsMissing        no columns that can serve as two texts and a label
    │   ├── ColumnTypeWrong       a typed column cannot hold what it is for
    │   ├── BadRows               some rows break a rule; carries them all, and the good ones
    │   ├── TooLarge              a file or text is over a limit
    │   ├── BadArgument           a setting is outside its range
    │   ├── ColumnUnknown         a table has no column of that name
    │   ├── ColumnUnnamed         a table has several columns, and nothing says which one is meant
    │   ├── ExtraMissing          what was asked takes a package that is not installed
    │   ├── VectorsUnusable       exported vectors cannot be read, or nothing says which model made them
    │   ├── VectorsMismatch       exported vectors are of another model, or of texts cleaned in another way
    │   ├── BackupDamaged         a file is no whole backup
    │   └── StoreNotEmpty         a backup would replace what a store holds, and nobody has agreed
    ├── PolicyError               a policy cannot be used here                  (CLI exit 2, HTTP 4xx)
    │   ├── PolicyInvalid         its JSON breaks the schema
    │   ├── PolicyUnbound         it is bound to no model, so it cannot decide about texts
    │   ├── ModelMismatch         it was fitted on scores of another model
    │   │   └── PrecisionMismatch ... of the same model at another precision
    │   ├── RecheckMissed         too many of its decisions may change at another precision
    │   ├── CleanerMismatch       it was fitted on texts cleaned in another way
    │   └── UnknownDomain         it has no such domain
    │       └── DomainNeeded      it has several, and none was named
    ├── ModelError                a model cannot be loaded or used              (CLI exit 2)
    │   ├── ModelNotFound         no such name, folder or hub id
    │   ├── ModelDamaged          its files are truncated or altered
    │   ├── PoolingUnknown        its folder does not say how it pools
    │   ├── WeightsUnsafe         its weights are pickled
    │   ├── ModelUnusable         it is complete, but cannot be used here
    │   ├── RemoteChanged         the server now computes other vectors than it once did
    │   ├── EngineFailed          the cluster that was to compute does not answer, or gave up
    │   ├── FastMissing           precision fast needs packages that are not installed
    │   └── FidelityMissed        at precision fast its vectors are too far from those at full precision
    ├── CacheUnusable             the vector cache's file cannot be read or written (only its own commands say so)
    ├── StoreError                the store cannot do what was asked
    │   ├── StoreUnavailable      its database cannot be opened, read or written now
    │   ├── StoreNewer            its database was written by a newer version of SimTier
    │   ├── NotFound              no such record
    │   ├── AlreadyExists         a record of that name or content is there already
    │   ├── Conflict              somebody else changed the record first
    │   └── GateClosed            a policy may not be published: the gate speaks against it
    ├── ServiceError              another SimTier, asked over HTTP, gave no answer
    │   ├── ServiceUnreachable    nothing came back
    │   ├── ServiceBusy           it said 503 for as long as one would wait
    │   ├── ServiceRefused        it says that the request is wrong (4xx)
    │   └── ServiceFailed         it went wrong over there, or what came back is no answer of SimTier's
    └── Cancelled                 the user stopped a long job

A class states its rule once, as `template`, whose fields are the parameters; `str(error)` is English, and
`calibration.i18n.explain(error, locale)` says the same in the reader's language.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, ClassVar, Protocol, runtime_checkable

if TYPE_CHECKING:
    import pandas as pd

    from calibration.columns import PairProblem


def N_(message: str) -> str:  # noqa: N802 (the name that gettext tools look for)
    """Mark a message for the catalogues without translating it here."""
    return message


@runtime_checkable
class Explained(Protocol):
    """A message together with its values, such as a `Note`: its `str` is English."""

    def explain(self, locale: str) -> str:
        """The same in `locale`."""


Words = str | Explained
"""What an error says of its cause: a message of the catalogues, a name, or a message with values."""


class SimTierError(Exception):
    """Base of all; `params` holds the values named in `template`."""

    template: ClassVar[str] = "{message}"

    def __init__(self, **params: object) -> None:
        self.params = params
        super().__init__(self.template.format(**params))


class InputError(SimTierError):
    """The user's data or arguments are wrong."""


class FileUnreadable(InputError):
    """A file is missing, damaged, or of no accepted format."""

    template = N_("{file}: cannot be read ({reason})")

    def __init__(self, file: str, reason: Words) -> None:
        super().__init__(file=file, reason=reason)


class EmptyInput(InputError):
    """A file or frame holds no pairs."""

    template = N_("{file}: holds no pairs")

    def __init__(self, file: str) -> None:
        super().__init__(file=file)


class ColumnsMissing(InputError):
    """No columns that can serve as two texts and a label."""

    template = N_("{file}: no column for {missing}; found: {found}. Name them text_a, text_b, label")

    def __init__(self, file: str, missing: Sequence[str], found: Sequence[str]) -> None:
        super().__init__(file=file, missing=", ".join(missing), found=", ".join(found) or "-")


class ColumnTypeWrong(InputError):
    """A typed column (Parquet) cannot hold what it is for; `role` is the canonical column."""

    template = N_("{file}: column {column} is of type {actual}, which cannot serve as {role}")

    def __init__(self, file: str, column: str, actual: str, role: str) -> None:
        super().__init__(file=file, column=column, actual=actual, role=role)


class BadRows(InputError):
    """Some rows break a rule: carries every `problem`, and the `good` rows, to be kept if the user agrees."""

    template = N_("{file}: {count} of {total} rows cannot be used; first: {first}")

    def __init__(self, file: str, problems: Sequence[PairProblem], good: pd.DataFrame, total: int) -> None:
        self.problems = tuple(problems)
        self.good = good
        bad = len({problem.row for problem in problems})
        super().__init__(file=file, count=bad, total=total, first=problems[0])


class TooLarge(InputError):
    """A file or text is over a limit; both in the same unit."""

    template = N_("{what}: {size} {unit}, the limit is {limit}")

    def __init__(self, what: str, size: int, limit: int, unit: str) -> None:
        super().__init__(what=what, size=size, limit=limit, unit=unit)


class BadArgument(InputError):
    """A setting is outside its range."""

    template = N_("{name}: must be {rule}, got {value!r}")

    def __init__(self, name: str, rule: Words, value: object) -> None:
        super().__init__(name=name, rule=rule, value=value)


class ColumnUnnamed(InputError):
    """A table has several columns, and nothing says which one is meant."""

    template = N_("{file}: has several columns; say which one holds the texts: {found}")

    def __init__(self, file: str, found: Sequence[str]) -> None:
        super().__init__(file=file, found=", ".join(found))


class ColumnUnknown(InputError):
    """A table has no column of that name."""

    template = N_("{file}: no column {column!r}; found: {found}")

    def __init__(self, file: str, column: str, found: Sequence[str]) -> None:
        super().__init__(file=file, column=column, found=", ".join(found) or "-")


class ExtraMissing(InputError):
    """What was asked takes a package that is not installed."""

    template = N_("{what} needs a package that is not installed; run pip install 'simtier[{extra}]'")

    def __init__(self, what: str, extra: str) -> None:
        super().__init__(what=what, extra=extra)


class VectorsUnusable(InputError):
    """Exported vectors cannot be read, or nothing says which model made them."""

    template = N_("vectors {file}: cannot be used ({reason})")

    def __init__(self, file: str, reason: Words) -> None:
        super().__init__(file=file, reason=reason)


class VectorsMismatch(InputError):
    """Exported vectors are of another model, or of texts cleaned in another way."""

    template = N_("vectors {file}: were made by {expected}, but here is {actual}; embed the file again")

    def __init__(self, file: str, expected: str, actual: str) -> None:
        super().__init__(file=file, expected=expected, actual=actual)


class BackupDamaged(InputError):
    """A file is no whole backup of a store."""

    template = N_("backup {file}: is damaged, or no backup ({reason})")

    def __init__(self, file: str, reason: Words) -> None:
        super().__init__(file=file, reason=reason)


class StoreNotEmpty(InputError):
    """A backup would replace what a store holds, and nobody has agreed to that."""

    template = N_("database {database}: holds data already; add --yes to replace it (it is backed up first)")

    def __init__(self, database: str) -> None:
        super().__init__(database=database)


class PolicyError(SimTierError):
    """A policy cannot be used here."""


class PolicyInvalid(PolicyError):
    """A policy's JSON breaks the schema."""

    template = N_("policy {file}: {field}: must be {rule}, got {value!r}")

    def __init__(self, file: str, field: str, rule: Words, value: object) -> None:
        super().__init__(file=file, field=field, rule=rule, value=value)


class PolicyUnbound(PolicyError):
    """The policy is bound to no model, so it cannot decide about texts."""

    template = N_("this policy is bound to no model (it was fitted on given scores); fit it with --fingerprint")

    def __init__(self) -> None:
        super().__init__()


class ModelMismatch(PolicyError):
    """The policy was fitted on scores of another model."""

    template = N_("this policy was fitted on model {expected}, but the model here is {actual}")

    def __init__(self, expected: str, actual: str) -> None:
        super().__init__(expected=expected, actual=actual)


class PrecisionMismatch(ModelMismatch):
    """The policy was fitted on scores of the same model at another precision."""

    template = N_(
        "this policy was fitted on {expected}, but the same model runs here at another precision ({actual}); fit "
        "another, or measure the shift on your pairs: python -m calibration recheck POLICY PAIRS -o OUT"
    )


class RecheckMissed(PolicyError):
    """Too many of a policy's decisions may change at another precision."""

    template = N_(
        "not bound to the other precision: of {n} pairs of {domain}, {flipped} change tier, at most {most:.1%} of "
        "all such pairs (confidence {confidence:.0%}), where {allowed:.1%} are allowed; bring more pairs, allow "
        "more by --allow, or fit at that precision"
    )

    def __init__(self, domain: str, flipped: int, n: int, most: float, confidence: float, allowed: float) -> None:
        super().__init__(domain=domain, flipped=flipped, n=n, most=most, confidence=confidence, allowed=allowed)


class CleanerMismatch(PolicyError):
    """The policy was fitted on texts cleaned in another way."""

    template = N_("this policy was fitted on texts cleaned by {expected}, but the cleaner here is {actual}")

    def __init__(self, expected: str, actual: str) -> None:
        super().__init__(expected=expected, actual=actual)


class UnknownDomain(PolicyError):
    """The policy has no such domain."""

    template = N_("domain {domain!r} is not in this policy; it has: {known}")

    def __init__(self, domain: str, known: Sequence[str]) -> None:
        super().__init__(domain=domain, known=", ".join(known))


class DomainNeeded(UnknownDomain):
    """The policy has several domains, and none was named."""

    template = N_("name a domain: this policy has {known}")

    def __init__(self, known: Sequence[str]) -> None:
        super().__init__("", known)


class ModelError(SimTierError):
    """A model cannot be loaded or used."""


class ModelNotFound(ModelError):
    """No such name, folder or hub id."""

    template = N_("model {model!r} was not found ({reason}); known names: {known}")

    def __init__(self, model: str, reason: Words, known: Sequence[str]) -> None:
        super().__init__(model=model, reason=reason, known=", ".join(known))


class ModelDamaged(ModelError):
    """A model's files are truncated or altered."""

    template = N_("model file {file} is damaged ({reason})")

    def __init__(self, file: str, reason: Words) -> None:
        super().__init__(file=file, reason=reason)


class PoolingUnknown(ModelError):
    """A model's folder does not say how it pools."""

    template = N_(
        "model folder {folder} does not say how it pools its tokens; add sentence-transformers' modules.json, "
        "or pass the pooling: cls, mean or lasttoken"
    )

    def __init__(self, folder: str) -> None:
        super().__init__(folder=folder)


class WeightsUnsafe(ModelError):
    """A model's weights are pickled, which can run code when loaded."""

    template = N_(
        "model folder {folder} holds only pickled weights; convert them first: "
        "python -m calibration models convert {folder} OUT"
    )

    def __init__(self, folder: str) -> None:
        super().__init__(folder=folder)


class ModelUnusable(ModelError):
    """A model is there, but cannot be used here: a part that SimTier does not load, no room to unpack it."""

    template = N_("model {model} cannot be used here ({reason})")

    def __init__(self, model: str, reason: Words) -> None:
        super().__init__(model=model, reason=reason)


class FastMissing(ModelError):
    """Precision fast needs packages that are not installed."""

    template = N_("precision fast needs {packages}: pip install 'simtier[fast]', or use --precision full")

    def __init__(self, packages: str) -> None:
        super().__init__(packages=packages)


class FidelityMissed(ModelError):
    """At precision fast a model's vectors are too far from those at full precision."""

    template = N_(
        "model {model} is not served at precision fast: over {texts} texts the cosine to full precision is "
        "{mean:.5f} on average and {least:.5f} at least, where {wanted_mean} and {wanted_least} are asked; "
        "use --precision full"
    )

    def __init__(
        self, model: str, mean: float, least: float, texts: int, wanted_mean: float, wanted_least: float
    ) -> None:
        super().__init__(
            model=model, mean=mean, least=least, texts=texts, wanted_mean=wanted_mean, wanted_least=wanted_least
        )


class RemoteChanged(ModelError):
    """A server's model now computes other vectors than it did when it was first asked."""

    template = N_("{address}: computes other vectors than it once did; remove {file} if that is meant")

    def __init__(self, address: str, file: str) -> None:
        super().__init__(address=address, file=file)


class EngineFailed(ModelError):
    """The cluster that was to compute does not answer, or gave up."""

    template = N_("{engine}: failed ({reason})")

    def __init__(self, engine: str, reason: Words) -> None:
        super().__init__(engine=engine, reason=reason)


class CacheUnusable(SimTierError):
    """The vector cache's file cannot be read or written: said by its own commands, as encoding goes on without."""

    template = N_("vector cache {file}: cannot be used ({reason})")

    def __init__(self, file: str, reason: Words) -> None:
        super().__init__(file=file, reason=reason)


class StoreError(SimTierError):
    """The store cannot do what was asked."""


class StoreUnavailable(StoreError):
    """The store's database cannot be opened, read or written now; `database` never shows a password."""

    template = N_("database {database}: cannot be used ({reason})")

    def __init__(self, database: str, reason: Words) -> None:
        super().__init__(database=database, reason=reason)


class StoreNewer(StoreError):
    """The store's database was written by a newer version of SimTier, whose tables this one does not know."""

    template = N_(
        "database {database}: was written by a newer version of SimTier (schema {revision}); upgrade SimTier"
    )

    def __init__(self, database: str, revision: str) -> None:
        super().__init__(database=database, revision=revision)


class NotFound(StoreError):
    """No such record."""

    template = N_("{kind} {key!r} was not found")

    def __init__(self, kind: Words, key: object) -> None:
        super().__init__(kind=kind, key=key)


class AlreadyExists(StoreError):
    """A record of that name or content is there already."""

    template = N_("{kind} {key!r} exists already")

    def __init__(self, kind: Words, key: object) -> None:
        super().__init__(kind=kind, key=key)


class Conflict(StoreError):
    """Somebody else changed the record first."""

    template = N_("{kind} {key!r} was changed by somebody else in the meantime; reload and try again")

    def __init__(self, kind: Words, key: object) -> None:
        super().__init__(kind=kind, key=key)


class GateClosed(StoreError):
    """A policy may not be published: the gate speaks against it, or was not asked, and nobody gave a reason."""

    template = N_("policy {name} v{version} has not passed the gate: give a reason, or keep what is in use")

    def __init__(self, name: str, version: int) -> None:
        super().__init__(name=name, version=version)


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


class Cancelled(SimTierError):
    """The user stopped a long job."""

    template = N_("cancelled after {done} of {total}")

    def __init__(self, done: int, total: int) -> None:
        super().__init__(done=done, total=total)
