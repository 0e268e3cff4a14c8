"""Keys derived from the installation's secret, one for each purpose."""

import hashlib
import hmac
from collections.abc import Sequence

_secrets: list[bytes] = []


def use_secrets(secrets: Sequence[bytes]) -> None:
    """Take the installation's secret keys, newest first; called once by the factory."""
    _secrets[:] = secrets


def derive_key(purpose: str, secret: bytes | None = None) -> bytes:
    """Return the key for one purpose, from the newest secret unless another is given."""
    return hmac.digest(secret or _secrets[0], purpose.encode(), "sha256")


def key_name(key: bytes) -> str:
    """Return a short name by which a key can be told from others without giving it away."""
    return hashlib.sha256(b"name:" + key).hexdigest()[:8]


def keys_by_name(purpose: str) -> dict[str, bytes]:
    """Return every key that was ever in force for the purpose, by its name."""
    keys = [derive_key(purpose, secret) for secret in _secrets]
    return {key_name(key): key for key in keys}
