"""The types of the options."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any, Literal, TypedDict

if TYPE_CHECKING:
    from typing_extensions import Unpack
elif sys.version_info >= (3, 11):
    from typing import Unpack
else:

    class Unpack:
        """Stands for the type of Python 3.11: programs such as DuckDB evaluate annotations."""

        def __class_getitem__(cls, options: Any) -> Any:
            return options


__all__ = ["Options", "Unpack"]


class Options(TypedDict, total=False):
    """The options of `Converter`. None stands for the default."""

    from_: Literal["form", "json", "v2"] | None
    to: Literal["v2", "form", "canonical"] | None
    only_contact_data: bool | None
    id_field: str | None
    edited: bool | None
    strict: bool | None
    pretty: bool | None
    max_payload: int | None
    allow_field: str | list[str] | tuple[str, ...] | None
    encoding: str | None
    profile: Literal["documented", "extended"] | None
    region: str | None
