"""Settings as declarations: every variable with its type, range, default and meaning, in one place.

The program reads them, and `docs/reference/settings.md` is made of them. The library imports this module when a
setting is read, not before: pydantic is not needed to load a policy or to print help.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from contextvars import ContextVar
from typing import Any, ClassVar, Final, Literal, Self

from pydantic import Field, JsonValue, ValidationError
from pydantic_settings import BaseSettings, EnvSettingsSource, PydanticBaseSettingsSource, SettingsConfigDict

from calibration.errors import N_, BadArgument

_ENVIRON: ContextVar[Mapping[str, str]] = ContextVar("environ", default=os.environ)
BYTES: Final = N_("a number of bytes")
ABOVE_ZERO: Final = N_("a number above 0")


def setting(
    default: Any,
    about: str,
    *,
    rule: str = "",
    flag: str = "",
    shown: str = "",
    secret: bool = False,
    **limits: Any,
) -> Any:
    """A setting. about: what it is, for the reference. rule: what it must be, a message of the catalogues. flag: of
    `python -m dashboard`. shown: the default in words. secret: its value is never shown.
    """
    extra: dict[str, JsonValue] = {"rule": rule, "flag": flag, "shown": shown, "secret": secret}
    return Field(default, description=about, json_schema_extra=extra, **limits)


def facts(settings: type[Settings], name: str) -> dict[str, Any]:
    """What `setting` was told about a field."""
    extra = settings.model_fields[name].json_schema_extra
    return dict(extra) if isinstance(extra, dict) else {}


class Settings(BaseSettings):
    """Settings of one subject, read from variables that begin with its prefix; empty variables count as unset."""

    model_config = SettingsConfigDict(
        env_prefix="SIMTIER_", extra="ignore", frozen=True, str_strip_whitespace=True, arbitrary_types_allowed=True
    )
    title: ClassVar[str] = ""
    note: ClassVar[str] = ""

    @classmethod
    def read(cls, environ: Mapping[str, str] = os.environ, **given: object) -> Self:
        """The settings: as given, else from `environ`, else the defaults.

        Raises BadArgument that names the argument or the variable.
        """
        chosen = {name: value for name, value in given.items() if value is not None}
        token = _ENVIRON.set(environ)
        try:
            return cls(**chosen)
        except ValidationError as error:
            raise cls._problem(error, chosen) from None
        finally:
            _ENVIRON.reset(token)

    @classmethod
    def variable(cls, name: str) -> str:
        """The environment variable of a field."""
        return f"{cls.model_config['env_prefix']}{name}".upper()

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,  # noqa: ARG003 (of this process, where others were given)
        dotenv_settings: PydanticBaseSettingsSource,  # noqa: ARG003
        file_secret_settings: PydanticBaseSettingsSource,  # noqa: ARG003
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """What was given, then the variables; no files."""
        variables = EnvSettingsSource(settings_cls)
        variables.env_vars = {name.lower(): value for name, value in _ENVIRON.get().items() if value}
        return init_settings, variables

    @classmethod
    def _problem(cls, error: ValidationError, given: Mapping[str, object]) -> BadArgument:
        first = error.errors()[0]
        name = str(first["loc"][0])
        about = facts(cls, name)
        wrong = first.get("ctx", {}).get("error")
        value = str(wrong) if wrong is not None else first["input"]  # a validator names the part that is wrong
        shown = "..." if about["secret"] else value
        return BadArgument(name if name in given else cls.variable(name), about["rule"] or first["msg"], shown)


class Library(Settings):
    """What the library, the command line and the server share."""

    title = "Where and what"

    model: str = setting(
        "bundled", "name, folder or hub id of the model, or a server's address; the command line uses it too",
        flag="--model",
    )  # fmt: skip
    compute: Literal["full", "fast"] = setting(
        "full",
        "`fast`: 16 or 8 bits, as this machine multiplies fastest ([what it costs](../benchmarks/encoder.md))",
        rule=N_("full or fast"), flag="--compute",
    )  # fmt: skip
    data_dir: str = setting(
        "", "database, vectors, unpacked models", flag="--data-dir", shown="the platform's user data directory"
    )
    models_dir: str = setting(
        "", "unpacked models; a complete one that is there already is only read", shown="in the data directory"
    )
    database_url: str = setting(
        "", "`postgresql+psycopg://user:password@host/simtier`", shown="SQLite in the data directory", secret=True
    )
    cache_bytes: int = setting(4 * 2**30, "bytes that the vector cache may hold", rule=BYTES, shown="4 GiB", ge=0)
    vector_bytes: int = setting(
        2**30,
        "bytes of vectors that a job holds in memory; [beyond](../operations/scale.md#more-vectors-than-memory) "
        "that they are kept in a file",
        rule=BYTES, shown="1 GiB", ge=0,
    )  # fmt: skip
    milvus_token: str = setting(
        "", "for `embed`, where vectors go to a Milvus server that asks for a token", shown="none", secret=True
    )


class Remote(Settings):
    """How the server of a model is asked."""

    model_config = SettingsConfigDict(env_prefix="SIMTIER_REMOTE_")
    title = "A model on another server"
    note = "Used where `--model` is the address of a server; see [scale](../operations/scale.md)."

    key: str = setting("", "sent as a bearer token", shown="none", secret=True)
    batch: int = setting(64, "texts in a request", rule=ABOVE_ZERO, gt=0)
    connections: int = setting(4, "requests at once", rule=ABOVE_ZERO, gt=0)
    per_second: float | None = setting(
        None, "requests a second at most", rule=ABOVE_ZERO, shown="no limit", gt=0, allow_inf_nan=False
    )
    patience: float = setting(
        120.0, "seconds that one request is tried again", rule=ABOVE_ZERO, shown="120", gt=0, allow_inf_nan=False
    )
    tokens: int = setting(512, "tokens that the model reads", rule=ABOVE_ZERO, gt=0)


class JudgeServer(Settings):
    """How the chat server of `judge` is asked."""

    model_config = SettingsConfigDict(env_prefix="SIMTIER_JUDGE_")
    title = "A language model as a judge"
    note = "Used by `judge`; see [label until it passes](../how-to/label-until-it-passes.md)."

    key: str = setting("", "sent as a bearer token to the address of `--endpoint`", shown="none", secret=True)
