"""The console's settings, read once at start."""

from pydantic import Field, SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict


class Settings(BaseSettings):
    model_config = SettingsConfigDict(env_prefix="HUALIAO_", frozen=True)

    host: str = "127.0.0.1"
    console_port: int = Field(ge=1, le=65535)
    api_url: str
    console_token: SecretStr = Field(min_length=16)
    trusted_proxies: str = ""
    console_secret: SecretStr = Field(min_length=16)
