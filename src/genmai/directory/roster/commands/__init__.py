"""Every write to the roster; one file per group, all names public here."""

from genmai.directory.roster.commands.covering import (
    cover,
    record_grid_size,
    uncover,
    undo_grid_change,
    withdraw_cover,
)
from genmai.directory.roster.commands.district import Department, District, ensure_district
from genmai.directory.roster.commands.grids_at_once import cover_all, record_grid_sizes
from genmai.directory.roster.commands.leave import end_leave, enter_leave
from genmai.directory.roster.commands.naming import rename
from genmai.directory.roster.commands.organisations import (
    NewOrganisation,
    link,
    open_organisations,
)
from genmai.directory.roster.commands.people import (
    NewPerson,
    NewPost,
    add_met,
    add_people,
    add_person,
    add_post,
    add_posts,
    end_post,
    find_or_add_resident,
    forget,
)
from genmai.directory.roster.commands.restructure import NewPart, close, merge, move, split
from genmai.directory.roster.commands.undoing import undo

__all__ = [
    "Department",
    "District",
    "NewOrganisation",
    "NewPart",
    "NewPerson",
    "NewPost",
    "add_met",
    "add_people",
    "add_person",
    "add_post",
    "add_posts",
    "close",
    "cover",
    "cover_all",
    "end_leave",
    "end_post",
    "ensure_district",
    "enter_leave",
    "find_or_add_resident",
    "forget",
    "link",
    "merge",
    "move",
    "open_organisations",
    "record_grid_size",
    "record_grid_sizes",
    "rename",
    "split",
    "uncover",
    "undo",
    "undo_grid_change",
    "withdraw_cover",
]
