"""One typed settings object; nothing is read from the environment at import."""

from __future__ import annotations

import hashlib
import os
from functools import cached_property
from pathlib import Path
from typing import Literal

from pydantic import Field, SecretStr, ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict

from gis.errors import UsageError

PROJECT_ROOT = Path(__file__).resolve().parent.parent
DISTRICTS = PROJECT_ROOT / "data" / "districts"


class Settings(BaseSettings):
    """Settings of one running program, each from ``ONEMAP_<NAME>`` or a ``.env`` file."""

    model_config = SettingsConfigDict(
        env_prefix="ONEMAP_", env_file=PROJECT_ROOT / ".env", extra="ignore"
    )

    database_url: SecretStr | None = Field(
        None, description="External PostGIS 3.3+; unset means the embedded one."
    )
    home: Path | None = Field(None, description="Folder of the embedded database and its log.")
    districts: Path = Field(DISTRICTS, description="Folder that holds district profiles.")
    district: str = Field("ouhai", description="District code used when a command names none.")
    host: str = Field("127.0.0.1", description="Address the cockpit listens on.")
    port: int = Field(8050, ge=1, le=65535, description="Port the cockpit listens on.")
    language: Literal["zh", "en"] = Field("zh", description="Language the cockpit opens in.")
    theme: Literal["light", "dark"] = Field("light", description="Theme the cockpit opens in.")
    id_key: SecretStr = Field(
        SecretStr("sample-key-change-me"), description="Key of the identity-number hashes."
    )
    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = "INFO"

    @cached_property
    def home_dir(self) -> Path:
        """Folder of the embedded database: one for each checkout and user.

        As root it lies under ``/var/lib`` because the unprivileged user that runs
        PostgreSQL cannot reach a private home folder.
        """
        if self.home is not None:
            return self.home.expanduser().resolve()
        digest = hashlib.sha256(str(PROJECT_ROOT).encode()).hexdigest()[:8]
        name = f"{PROJECT_ROOT.name}-{digest}"
        if os.geteuid() == 0:
            return Path("/var/lib/onemap") / name
        data_home = os.environ.get("XDG_DATA_HOME") or str(Path.home() / ".local" / "share")
        return Path(data_home) / "onemap" / name


def load_settings() -> Settings:
    """Read the settings once, at the entrance of the program.

    Raises
    ------
    UsageError
        Naming every setting that is wrong.
    """
    try:
        return Settings()
    except ValidationError as error:
        wrong = "; ".join(
            f"ONEMAP_{str(item['loc'][0]).upper()}: {item['msg']}" for item in error.errors()
        )
        raise UsageError(
            f"Some settings are wrong: {wrong}.", mend="Mend them in the environment or in .env."
        ) from error
