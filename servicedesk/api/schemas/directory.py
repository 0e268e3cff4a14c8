"""People and where they belong, as the API tells them."""

from marshmallow import Schema, fields

from servicedesk.api.fields import Text, an_id
from servicedesk.api.schemas.base import Body, Named, PagedQuery


class PersonSchema(Schema):
    """Somebody known to the service."""

    id = fields.Integer(required=True, metadata={"example": 42})
    name = fields.String(required=True, metadata={"example": "Jo Finch"})
    mail = fields.String(required=True, metadata={"example": "jo.finch@example.test"})
    phone = fields.String(required=True)
    job_title = fields.String(required=True)
    department = fields.String(required=True)
    organisation = fields.Nested(Named, required=True)
    site = fields.Nested(Named, required=True, allow_none=True)
    group = fields.Nested(Named, required=True, allow_none=True)
    manager_id = fields.Integer(required=True, allow_none=True)
    is_active = fields.Boolean(required=True)


class PeopleSchema(Schema):
    """A page of people."""

    items = fields.List(fields.Nested(PersonSchema), required=True)
    next_cursor = fields.String(required=True, allow_none=True)


class PeopleQuery(PagedQuery):
    """Whom to find."""

    q = Text(
        longest=200,
        metadata={"description": "Any parts of name, mail or telephone number.", "example": "finch"},
    )


class DeskSchema(Schema):
    """A service desk."""

    id = fields.Integer(required=True, metadata={"example": 1})
    name = fields.String(required=True, metadata={"example": "ICT"})
    slug = fields.String(required=True)
    summary = fields.String(required=True)
    phone = fields.String(required=True)
    mail = fields.String(required=True)
    organisation = fields.Nested(Named, required=True, allow_none=True)


class DesksSchema(Schema):
    """The desks."""

    items = fields.List(fields.Nested(DeskSchema), required=True)


class TeamSchema(Schema):
    """A team of a desk."""

    id = fields.Integer(required=True, metadata={"example": 3})
    name = fields.String(required=True, metadata={"example": "Networks"})
    desk_id = fields.Integer(required=True)


class TeamsSchema(Schema):
    """Teams by desk and name."""

    items = fields.List(fields.Nested(TeamSchema), required=True)


class CategorySchema(Schema):
    """A place in a desk's tree of categories."""

    id = fields.Integer(required=True, metadata={"example": 17})
    desk_id = fields.Integer(required=True)
    parent_id = fields.Integer(required=True, allow_none=True)
    name = fields.String(required=True)
    path = fields.String(required=True, metadata={"description": "The whole way to it in the tree."})


class CategoriesSchema(Schema):
    """Categories in the order of the tree."""

    items = fields.List(fields.Nested(CategorySchema), required=True)


class OfDeskQuery(Body):
    """Of which desk."""

    desk = an_id("Only those of this desk.", strict=False)
