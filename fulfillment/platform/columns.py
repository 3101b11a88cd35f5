"""Column types that keep time and money exact on SQLite as well as on PostgreSQL."""

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import JSON, BigInteger, DateTime, Dialect, Numeric, String
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.types import TypeDecorator, TypeEngine

SKU_LENGTH = 64
CODE_LENGTH = 32
REFERENCE_LENGTH = 200

Sku = String(SKU_LENGTH)
Code = String(CODE_LENGTH)
Reference = String(REFERENCE_LENGTH)
Document = JSON().with_variant(JSONB(), "postgresql")
# Long documents that no query looks into: PostgreSQL keeps them as they come, which takes it half
# the time that JSONB does.
Sealed = JSON()

TEN_THOUSANDTHS = Decimal(10_000)


class UtcDateTime(TypeDecorator[datetime]):
    """A moment in UTC; SQLite drops offsets, so they are put back coming out."""

    impl = DateTime(timezone=True)
    cache_ok = True
    python_type = datetime  # a decorator does not inherit it; list cursors read it

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a moment without an offset is ambiguous")
        moment = value.astimezone(UTC)
        return moment.replace(tzinfo=None) if dialect.name == "sqlite" else moment

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class Money(TypeDecorator[Decimal]):
    """An amount with four decimals; SQLite has none, so it stores whole ten-thousandths."""

    impl = Numeric(18, 4)
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        kind: TypeEngine[Any] = BigInteger() if dialect.name == "sqlite" else Numeric(18, 4)
        return dialect.type_descriptor(kind)

    def process_bind_param(self, value: Decimal | None, dialect: Dialect) -> Any:
        if value is None or dialect.name != "sqlite":
            return value
        return int((value * TEN_THOUSANDTHS).to_integral_value())

    def process_result_value(self, value: Any, dialect: Dialect) -> Decimal | None:
        if value is None:
            return None
        return Decimal(value) / TEN_THOUSANDTHS if dialect.name == "sqlite" else Decimal(value)
