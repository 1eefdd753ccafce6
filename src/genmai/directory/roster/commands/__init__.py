"""Every write to the roster; one file per group, all names public here."""

from genmai.directory.roster.commands.district import Department, District, ensure_district
from genmai.directory.roster.commands.leave import end_leave, enter_leave
from genmai.directory.roster.commands.organisations import (
    NewOrganisation,
    close,
    link,
    move,
    open_organisations,
    rename,
)
from genmai.directory.roster.commands.people import (
    NewPerson,
    NewPost,
    add_people,
    add_person,
    add_post,
    add_posts,
    end_post,
    find_or_add_resident,
    forget,
)

__all__ = [
    "Department",
    "District",
    "NewOrganisation",
    "NewPerson",
    "NewPost",
    "add_people",
    "add_person",
    "add_post",
    "add_posts",
    "close",
    "end_leave",
    "end_post",
    "ensure_district",
    "enter_leave",
    "find_or_add_resident",
    "forget",
    "link",
    "move",
    "open_organisations",
    "rename",
]
