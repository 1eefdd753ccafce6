"""The figures of the thirty cases, added up by hand from what each contributes (thirty.yaml). (n, d).

N1  March as known in March. response: 1,2,3,6,8,10 → 1+0+1+1+1+1 of 6; 11 with 12 → 2 of 2; 15,20,26,27 → 1+1+1+0 of 4:
    together 10 of 12. solution: 1,2 yes; 3,10 no; 11 yes, 12 no; 15 no; 20 yes; 26 no → 4 of 9; satisfaction alike.
    overdue: 3 and 10 of 1,2,3,8,10,11,15,20,26,27 → 2 of 10. Levels: village 1,2,8,11,26; district 6,20.
    As known in April: 27 was in time → 11 of 12; 15's word moved to April (8 left), 26 is yes → 5 of 8.
N2  response: 4 no, 7 yes, 13 yes, 14 no, 22 no → 2 of 5; without 22 in April → 2 of 4. solution: 7,13 → 2 of 2.
    satisfaction: 13 yes, 7 no → 1 of 2. overdue: 4,22 of 4,7,13,22 → 2 of 4; in April 4,14 of 4,7,13,14 → 2 of 4.
    Levels: village 7,13; town 9.
N   itself: 9 → 1 of 1 each, overdue 0 of 1.
S1  response: 16,19,25,28 yes, 18,29,30 no → 4 of 7; in April 16,19,23,25,28 yes, 18 no → 5 of 6.
    solution: 16 yes, 25 no → 1 of 2; in April also 23 no, 28 yes → 2 of 4.
    satisfaction: 16 → 1 of 1; in April with 23 no, 28 yes → 2 of 3.
    overdue: 30 of 16,25,28,30 → 1 of 4; in April 0 of 16,23,25,28. Levels: 28 grid, 16 village, 18 town.
S   itself: 18 → 1 of 1 each, overdue 0 of 1.
P   response: 6 no, 17 no, 19 yes → 1 of 3. solution: 6 yes, 17 no → 1 of 2. satisfaction: 6, 17 → 2 of 2.
    overdue: 19 of 6,17,19 → 1 of 3.
April as known in April. N1: 15 solved by the town. N2: 5 in time; 5 and 14 fixed and satisfied; 5 by the grid, 14 by
    the village. N itself: 15 fixed, satisfied, and late.
Towns are their villages and themselves; the district is its towns and the department.
"""

from __future__ import annotations

Pair = tuple[int, int]
Hand = dict[str, Pair]


def hand(response: Pair, solution: Pair, satisfaction: Pair, overdue: Pair, levels: tuple[int, ...] = (0,) * 6) -> Hand:
    """`levels`: how many solved at each level, building to city."""
    figures = {"response": response, "solution": solution, "satisfaction": satisfaction, "overdue": overdue}
    return figures | {f"solved_at_{n}": (count, sum(levels)) for n, count in enumerate(levels, start=1)}


NONE = (0, 0)
BY_HAND: dict[tuple[str, str, str], Hand] = {
    # known at the end of, month, body
    ("march", "2026-03", "N1"): hand((10, 12), (4, 9), (4, 9), (2, 10), (0, 0, 5, 0, 2, 0)),
    ("march", "2026-03", "N2"): hand((2, 5), (2, 2), (1, 2), (2, 4), (0, 0, 2, 1, 0, 0)),
    ("march", "2026-03", "N"): hand((13, 18), (7, 12), (6, 12), (4, 15), (0, 0, 7, 1, 2, 0)),
    ("march", "2026-03", "S1"): hand((4, 7), (1, 2), (1, 1), (1, 4), (0, 1, 1, 1, 0, 0)),
    ("march", "2026-03", "S"): hand((5, 8), (2, 3), (2, 2), (1, 5), (0, 1, 1, 1, 0, 0)),
    ("march", "2026-03", "P"): hand((1, 3), (1, 2), (2, 2), (1, 3)),
    ("march", "2026-03", "D"): hand((19, 29), (10, 17), (10, 16), (6, 23), (0, 1, 8, 2, 2, 0)),
    ("march", "2026-04", "D"): hand(NONE, NONE, NONE, NONE),
    ("april", "2026-03", "N1"): hand((11, 12), (5, 8), (5, 8), (2, 10), (0, 0, 5, 0, 2, 0)),
    ("april", "2026-03", "N2"): hand((2, 4), (2, 2), (1, 2), (2, 4), (0, 0, 2, 1, 0, 0)),
    ("april", "2026-03", "N"): hand((14, 17), (8, 11), (7, 11), (4, 15), (0, 0, 7, 1, 2, 0)),
    ("april", "2026-03", "S1"): hand((5, 6), (2, 4), (2, 3), (0, 4), (0, 1, 1, 1, 0, 0)),
    ("april", "2026-03", "S"): hand((6, 7), (3, 5), (3, 4), (0, 5), (0, 1, 1, 1, 0, 0)),
    ("april", "2026-03", "P"): hand((1, 3), (1, 2), (2, 2), (1, 3)),
    ("april", "2026-03", "D"): hand((21, 27), (12, 18), (12, 17), (5, 23), (0, 1, 8, 2, 2, 0)),
    ("april", "2026-04", "N1"): hand(NONE, NONE, NONE, NONE, (0, 0, 0, 1, 0, 0)),
    ("april", "2026-04", "N2"): hand((1, 1), (2, 2), (2, 2), (0, 1), (0, 1, 1, 0, 0, 0)),
    ("april", "2026-04", "N"): hand((1, 1), (3, 3), (3, 3), (1, 2), (0, 1, 1, 1, 0, 0)),
    ("april", "2026-04", "S"): hand(NONE, NONE, NONE, NONE),
    ("april", "2026-04", "D"): hand((1, 1), (3, 3), (3, 3), (1, 2), (0, 1, 1, 1, 0, 0)),
}
