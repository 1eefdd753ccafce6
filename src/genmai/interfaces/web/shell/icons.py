"""Line icons and state shapes, drawn by hand on a 20 × 20 grid and placed inline.

Inline rather than a sprite file: a page is whole in one answer, prints, and needs no second request.
"""

from __future__ import annotations

from django.utils.safestring import SafeString, mark_safe

_STROKE = 'fill="none" stroke="currentColor" stroke-width="1.6" stroke-linecap="round" stroke-linejoin="round"'

LINE_ICONS = {
    "root": '<path d="M10 2v14M10 5c0 3.5-5.5 2.8-5.5 7M10 5c0 3.5 5.5 2.8 5.5 7'
    'M10 10.5c0 2-2.6 2-2.6 4M10 10.5c0 2 2.6 2 2.6 4"/>'
    '<g fill="currentColor" stroke="none"><circle cx="4.5" cy="12.8" r="1.5"/><circle cx="15.5" cy="12.8" r="1.5"/>'
    '<circle cx="7.2" cy="15.8" r="1.5"/><circle cx="12.8" cy="15.8" r="1.5"/><circle cx="10" cy="17.8" r="1.5"/></g>',
    "inbox": '<path d="M3 11 5.2 3.8h9.6L17 11v5H3zM3 11h4l1.2 2.2h3.6L13 11h4"/>',
    "dispatch": '<path d="M3 10h6M9 10l4-5h4M9 10l4 5h4M9 10h8M15 3l2 2-2 2M15 8l2 2-2 2M15 13l2 2-2 2"/>',
    "phone": '<path d="M6.2 3H4.4A1.4 1.4 0 0 0 3 4.5 13 13 0 0 0 15.5 17a1.4 1.4 0 0 0 1.5-1.4v-2.1l-3.6-1.3-1.5 1.7'
    'a9.5 9.5 0 0 1-5-5l1.7-1.5z"/>',
    "list": '<path d="M7 5h10M7 10h10M7 15h10M3.2 5h.1M3.2 10h.1M3.2 15h.1"/>',
    "unit": '<path d="M3 17V8l7-5 7 5v9M3 17h14M8 17v-5h4v5"/>',
    "estate": '<path d="M3 17V6l6-3v14M9 8h8v9M2 17h16M5.5 8h1M5.5 11h1M5.5 14h1M12 11h2M12 14h2"/>',
    "meeting": '<path d="M3 9.5h14M5 9.5V16M15 9.5V16M6 6.5a1.6 1.6 0 1 0 0-3.2 1.6 1.6 0 0 0 0 3.2zM14 6.5a1.6 1.6 0 1 0 0-3.2 1.6 1.6 0 0 0 0 3.2z"/>',
    "figures": '<path d="M3 17h14M5 17v-5M10 17V5M15 17V9"/>',
    "import": '<path d="M10 3v9M6.5 8.8 10 12.3l3.5-3.5M3 14v3h14v-3"/>',
    "people": '<path d="M7.5 9a2.7 2.7 0 1 0 0-5.4 2.7 2.7 0 0 0 0 5.4zM2.5 16.5c0-3 2.2-5 5-5s5 2 5 5'
    'M13 9a2.3 2.3 0 1 0-.6-4.5M14.5 11.8c1.8.5 3 2.2 3 4.7"/>',
    "settings": '<path d="M3 6h8M15 6h2M3 14h2M9 14h8M13 4v4M7 12v4"/>',
    "search": '<path d="M9 14.5a5.5 5.5 0 1 0 0-11 5.5 5.5 0 0 0 0 11zM13 13l4 4"/>',
    "inspect": '<path d="M2 10s3-5.5 8-5.5 8 5.5 8 5.5-3 5.5-8 5.5S2 10 2 10zM10 12.6a2.6 2.6 0 1 0 0-5.2 2.6 2.6 0 0 0 0 5.2z"/>',
    "report": '<path d="M3 4h14v9.5H9L5.5 17v-3.5H3zM10 6.5v4M8 8.5h4"/>',
    "camera": '<path d="M3 6h3.5L8 4h4l1.5 2H17v10H3zM10 13.5a2.7 2.7 0 1 0 0-5.4 2.7 2.7 0 0 0 0 5.4z"/>',
    "place": '<path d="M10 18s5.5-5 5.5-9.5a5.5 5.5 0 0 0-11 0C4.5 13 10 18 10 18z'
    'M10 10.5a2 2 0 1 0 0-4 2 2 0 0 0 0 4z"/>',
    "clock": '<path d="M10 17.5a7.5 7.5 0 1 0 0-15 7.5 7.5 0 0 0 0 15zM10 5.8V10l3 2"/>',
    "back": '<path d="M12 4l-6 6 6 6"/>',
    "onward": '<path d="M8 4l6 6-6 6"/>',
    "more": '<path d="M4 10h.1M10 10h.1M16 10h.1"/>',
    "close": '<path d="M5 5l10 10M15 5 5 15"/>',
    "help": '<path d="M10 17.5a7.5 7.5 0 1 0 0-15 7.5 7.5 0 0 0 0 15z'
    'M7.8 8a2.2 2.2 0 1 1 3.3 1.9c-.7.4-1.1.9-1.1 1.6M10 14h.1"/>',
    "print": '<path d="M6 7V3h8v4M6 14H3V7h14v7h-3M6 12h8v5H6z"/>',
    "empty": '<path d="M3 6l7-3 7 3v8l-7 3-7-3zM3 6l7 3 7-3M10 9v8"/>',
    "warning": '<path d="M10 3 2.5 16.5h15zM10 8v4M10 14.3h.1"/>',
    "info": '<path d="M10 17.5a7.5 7.5 0 1 0 0-15 7.5 7.5 0 0 0 0 15zM10 9v5M10 6.2h.1"/>',
    "tick": '<path d="M4 10.5l4 4 8-9"/>',
    "check": '<path d="M10 17.5a7.5 7.5 0 1 0 0-15 7.5 7.5 0 0 0 0 15zM6.5 10.3l2.5 2.5 4.5-5"/>',
}

# New is a hollow ring, in hand a half-filled disc, late a solid triangle, done a solid disc with a tick:
# told apart without colour, at 12 px and in photocopies.
STATE_SHAPES = {
    "new": '<circle cx="10" cy="10" r="7.2" fill="none" stroke="currentColor" stroke-width="3.2"/>',
    "in-hand": '<circle cx="10" cy="10" r="7.8" fill="none" stroke="currentColor" stroke-width="2.4"/>'
    '<path d="M10 2.2a7.8 7.8 0 0 1 0 15.6z" fill="currentColor"/>',
    "late": '<path d="M10 1.5 19.5 18.5H.5z" fill="currentColor"/>',
    "done": '<circle cx="10" cy="10" r="9" fill="currentColor"/>'
    '<path d="M5.5 10.5l3 3 6-6.5" fill="none" class="cut" stroke="#fffdf8" stroke-width="2.4"/>',
    "ahead": '<circle cx="10" cy="10" r="6.5" fill="none" stroke="currentColor" stroke-width="1.8"'
    ' stroke-dasharray="3 3"/>',
    "noted": '<circle cx="10" cy="10" r="5" fill="currentColor"/>',
}


def draw(name: str) -> SafeString:
    """The icon or state shape `name` as inline SVG, hidden from screen readers (the word beside it speaks).

    Raises KeyError for a name that is not drawn: a missing icon is a fault of the page, not of the user.
    """
    if name in STATE_SHAPES:
        body, paint = STATE_SHAPES[name], ""
    else:
        body, paint = LINE_ICONS[name], _STROKE
    return mark_safe(  # noqa: S308 - drawn above, nothing from outside
        f'<svg viewBox="0 0 20 20" width="20" height="20" aria-hidden="true" focusable="false" {paint}>{body}</svg>'
    )
