"""A room that no business has: notes, by which the edge is tested apart from the real rooms."""

from typing import Any, ClassVar
from uuid import UUID

from flask import Flask
from marshmallow import Schema, fields, validate
from sqlalchemy import MetaData, String, select
from sqlalchemy.orm import Mapped, mapped_column

from fulfillment.platform import openapi
from fulfillment.platform.context import Role, require_facility
from fulfillment.platform.db import NAMING, Base, db
from fulfillment.platform.errors import Conflict, NotFound
from fulfillment.platform.http import Room, location, tag
from fulfillment.platform.ids import new_id
from fulfillment.platform.pages import PageQuery, page_schema, paginate


class Note(Base):
    metadata = MetaData(naming_convention=NAMING)  # apart, so that no migration should make it
    __tablename__ = "notes"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    facility: Mapped[str] = mapped_column(String(32))
    text: Mapped[str]
    stars: Mapped[int]
    version: Mapped[int] = mapped_column()
    __mapper_args__: ClassVar[dict[str, Any]] = {"version_id_col": version}


class NoteIn(Schema):
    facility = fields.String(load_default="W1", validate=validate.Length(1, 32))
    text = fields.String(required=True)
    stars = fields.Integer(strict=True, load_default=0, validate=validate.Range(0, 10**9))
    about = fields.Raw(load_default=None)


class NoteChange(Schema):
    stars = fields.Integer(strict=True, required=True, validate=validate.Range(0, 10**9))


class NoteOut(Schema):
    id = fields.UUID(required=True)
    facility = fields.String(required=True)
    text = fields.String(required=True)
    stars = fields.Integer(required=True)


def room() -> Room:
    """A fresh room: each application registers its own."""
    routes = Room("notes", __name__, "Notes")

    @routes.writes(
        "POST", "/notes", to=frozenset({Role.WAREHOUSE}), body=NoteIn, returns=NoteOut, status=201
    )
    def post_note(body: dict[str, Any]) -> Any:
        """Write a note."""
        require_facility(body["facility"])
        body.pop("about")
        note = Note(**body)
        db.session.add(note)
        db.session.flush()
        if note.text == "twin" and count("twin") > 1:
            raise Conflict("conflict", "There is such a note.")
        return note, 201, location("notes", note.id) | tag(note)

    @routes.reads("/notes", query=PageQuery, returns=page_schema(NoteOut))
    def list_notes(query: dict[str, Any]) -> Any:
        """List notes by text."""
        return paginate(select(Note), [Note.text, Note.id], query["limit"], query["cursor"])

    @routes.reads("/notes/<uuid:note_id>", returns=NoteOut)
    def get_note(note_id: UUID) -> Any:
        """Read a note."""
        note = find(note_id)
        return note, 200, tag(note)

    @routes.writes(
        "PATCH",
        "/notes/<uuid:note_id>",
        to=frozenset({Role.WAREHOUSE}),
        body=NoteChange,
        returns=NoteOut,
        current=find,
    )
    def patch_note(body: dict[str, Any], note_id: UUID) -> Any:
        """Change a note's stars."""
        note = find(note_id)
        note.stars = body["stars"]
        db.session.flush()
        return note, 200, tag(note)

    @routes.reads("/notes/crash", to=frozenset({Role.WAREHOUSE}))
    def crash() -> Any:
        """Fail for a reason that is not the caller's."""
        raise ZeroDivisionError("the secret of the house")

    return routes


def find(note_id: UUID) -> Note:
    note = db.session.get(Note, note_id)
    if note is None:
        raise NotFound("note", note_id)
    return note


def count(text: str) -> int:
    return len(db.session.scalars(select(Note).where(Note.text == text)).all())


def add_to(app: Flask) -> None:
    """Register the room with an application whose context is pushed, and make its table."""
    notes = room()
    app.register_blueprint(notes)
    app.extensions[openapi.EXTENSION] += (notes,)
    Note.metadata.create_all(db.engine)
