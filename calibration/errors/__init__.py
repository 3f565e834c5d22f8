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

from calibration.errors.base import N_, Cancelled, Explained, InputError, SimTierError, Words
from calibration.errors.inputs import (
    BackupDamaged,
    BadArgument,
    BadRows,
    ColumnsMissing,
    ColumnTypeWrong,
    ColumnUnknown,
    ColumnUnnamed,
    EmptyInput,
    ExtraMissing,
    FileUnreadable,
    StoreNotEmpty,
    TooLarge,
    VectorsMismatch,
    VectorsUnusable,
)
from calibration.errors.models import (
    CacheUnusable,
    EngineFailed,
    FastMissing,
    FidelityMissed,
    ModelDamaged,
    ModelError,
    ModelNotFound,
    ModelUnusable,
    PoolingUnknown,
    RemoteChanged,
    WeightsUnsafe,
)
from calibration.errors.policies import (
    CleanerMismatch,
    DomainNeeded,
    ModelMismatch,
    PolicyError,
    PolicyInvalid,
    PolicyUnbound,
    PrecisionMismatch,
    RecheckMissed,
    UnknownDomain,
)
from calibration.errors.services import ServiceBusy, ServiceError, ServiceFailed, ServiceRefused, ServiceUnreachable
from calibration.errors.stores import (
    AlreadyExists,
    Conflict,
    GateClosed,
    NotFound,
    StoreError,
    StoreNewer,
    StoreUnavailable,
)

__all__ = [
    "N_",
    "AlreadyExists",
    "BackupDamaged",
    "BadArgument",
    "BadRows",
    "CacheUnusable",
    "Cancelled",
    "CleanerMismatch",
    "ColumnTypeWrong",
    "ColumnUnknown",
    "ColumnUnnamed",
    "ColumnsMissing",
    "Conflict",
    "DomainNeeded",
    "EmptyInput",
    "EngineFailed",
    "Explained",
    "ExtraMissing",
    "FastMissing",
    "FidelityMissed",
    "FileUnreadable",
    "GateClosed",
    "InputError",
    "ModelDamaged",
    "ModelError",
    "ModelMismatch",
    "ModelNotFound",
    "ModelUnusable",
    "NotFound",
    "PolicyError",
    "PolicyInvalid",
    "PolicyUnbound",
    "PoolingUnknown",
    "PrecisionMismatch",
    "RecheckMissed",
    "RemoteChanged",
    "ServiceBusy",
    "ServiceError",
    "ServiceFailed",
    "ServiceRefused",
    "ServiceUnreachable",
    "SimTierError",
    "StoreError",
    "StoreNewer",
    "StoreNotEmpty",
    "StoreUnavailable",
    "TooLarge",
    "UnknownDomain",
    "VectorsMismatch",
    "VectorsUnusable",
    "WeightsUnsafe",
    "Words",
]
