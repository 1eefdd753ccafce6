"""From a limit in the definition to a due moment, through the kernel's clocks."""

from __future__ import annotations
