"""All exceptions of SimTier: one class for each cause, with the values it is about.

    SimTierError
    ├── InputError                the user's data or arguments are wrong        (CLI exit 2, HTTP 4xx)
    │   ├── FileUnreadable        a file is missing, damaged, or of no accepted format
    │   ├── EmptyInput            a file or frame holds no pairs
    │   ├── ColumnsMissing        no columns that can serve as two texts and a label
    │   ├── ColumnTypeWrong       a typed column cannot hold what it is for
    │   ├── BadRows               some rows break a rule; carries them all, and the good ones
    │   ├── LabelScaleUnclear     labels could be read in two ways
    │   ├── LabelValueLost        leaving out bad rows would leave out a whole label value
    │   ├── ScoresOutside         scores are on another scale than similarities
    │   ├── TooLarge              a file or text is over a limit
    │   ├── BadArgument           a setting is outside its range
    │   ├── DrawOutOfOrder        labels are not in the order in which their pairs were drawn
    │   ├── LabelChanged          a pair was labelled otherwise when it was drawn first
    │   ├── DrawMismatch          labelled scores are no random draw from the unlabelled ones
    │   ├── Renamed               a setting is asked for by a name that it no longer has
    │   ├── ColumnUnknown         a table has no column of that name
    │   ├── ColumnUnnamed         a table has several columns, and nothing says which one is meant
    │   ├── ExtraMissing          what was asked takes a package that is not installed
    │   ├── StressEmpty           no text says anything that can be swapped for sure
    │   ├── VectorsUnusable       exported vectors cannot be read, or nothing says which model made them
    │   ├── VectorsMismatch       exported vectors are of another model, or of texts cleaned in another way
    │   ├── BackupDamaged         a file is no whole backup
    │   └── StoreNotEmpty         a backup would replace what a store holds, and nobody has agreed
    ├── PolicyError               a policy cannot be used here                  (CLI exit 2, HTTP 4xx)
    │   ├── PolicyInvalid         its JSON breaks the schema
    │   ├── PolicyUnbound         it is bound to no model, so it cannot decide about texts
    │   ├── ModelMismatch         it was fitted on scores of another model
    │   │   └── ComputeMismatch   ... of the same model with other arithmetic
    │   ├── RecheckMissed         too many of its decisions may change with other arithmetic
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
    │   ├── WorkerDiffers         a node of the cluster runs other software
    │   ├── FolderNotShared       a node of the cluster does not see the folder that all are to work in
    │   ├── ClusterTooSmall       no node of the cluster has the memory that a step takes
    │   └── FidelityMissed        at compute fast its vectors are too far from those at full
    ├── CacheUnusable             the vector cache's file cannot be read or written (only its own commands say so)
    ├── StoreError                the store cannot do what was asked
    │   ├── StoreUnavailable      its database cannot be opened, read or written now
    │   ├── StoreNewer            its database was written by a newer version of SimTier
    │   ├── NotFound              no such record
    │   ├── AlreadyExists         a record of that name or content is there already
    │   ├── Conflict              somebody else changed the record first
    │   └── GateClosed            a policy may not be published: the gate refuses it
    ├── ServiceError              another SimTier, asked over HTTP, gave no answer
    │   ├── ServiceUnreachable    nothing came back
    │   ├── ServiceBusy           it said 503 for as long as one would wait
    │   ├── ServiceRefused        it says that the request is wrong (4xx)
    │   └── ServiceFailed         it went wrong over there, or what came back is no answer of SimTier's
    └── Cancelled                 the user stopped a long job

A class states its rule once, as `template`, whose fields are the parameters; `str(error)` is English, and
`calibration.messages.catalogues.explain(error, locale)` says the same in the reader's language.
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
    DrawMismatch,
    DrawOutOfOrder,
    EmptyInput,
    ExtraMissing,
    FileUnreadable,
    LabelChanged,
    LabelScaleUnclear,
    LabelValueLost,
    Renamed,
    ScoresOutside,
    StoreNotEmpty,
    StressEmpty,
    TooLarge,
    VectorsMismatch,
    VectorsUnusable,
)
from calibration.errors.models import (
    CacheUnusable,
    ClusterTooSmall,
    EngineFailed,
    FidelityMissed,
    FolderNotShared,
    ModelDamaged,
    ModelError,
    ModelNotFound,
    ModelUnusable,
    PoolingUnknown,
    RemoteChanged,
    WeightsUnsafe,
    WorkerDiffers,
)
from calibration.errors.policies import (
    CleanerMismatch,
    ComputeMismatch,
    DomainNeeded,
    GuardRulesMismatch,
    GuardsNeedTexts,
    ModelMismatch,
    PolicyError,
    PolicyInvalid,
    PolicyUnbound,
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
    "ClusterTooSmall",
    "ColumnTypeWrong",
    "ColumnUnknown",
    "ColumnUnnamed",
    "ColumnsMissing",
    "ComputeMismatch",
    "Conflict",
    "DomainNeeded",
    "DrawMismatch",
    "DrawOutOfOrder",
    "EmptyInput",
    "EngineFailed",
    "Explained",
    "ExtraMissing",
    "FidelityMissed",
    "FileUnreadable",
    "FolderNotShared",
    "GateClosed",
    "GuardRulesMismatch",
    "GuardsNeedTexts",
    "InputError",
    "LabelChanged",
    "LabelScaleUnclear",
    "LabelValueLost",
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
    "RecheckMissed",
    "RemoteChanged",
    "Renamed",
    "ScoresOutside",
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
    "StressEmpty",
    "TooLarge",
    "UnknownDomain",
    "VectorsMismatch",
    "VectorsUnusable",
    "WeightsUnsafe",
    "Words",
    "WorkerDiffers",
]
