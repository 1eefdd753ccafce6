"""Who is who: organisations in several trees at once, people, posts, members."""

from genmai.directory.roster.models.members import Membership, Profile, Stage, Status
from genmai.directory.roster.models.organisations import (
    Category,
    Level,
    Link,
    Organisation,
    OrganisationKind,
    Sector,
    Tree,
)
from genmai.directory.roster.models.people import Away, AwayEnd, Person, PersonKey, PersonKind, Post

__all__ = [
    "Away",
    "AwayEnd",
    "Category",
    "Level",
    "Link",
    "Membership",
    "Organisation",
    "OrganisationKind",
    "Person",
    "PersonKey",
    "PersonKind",
    "Post",
    "Profile",
    "Sector",
    "Stage",
    "Status",
    "Tree",
]
