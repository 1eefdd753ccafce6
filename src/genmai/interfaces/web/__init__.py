"""Web pages: the design system and shell here, one sub-package for each journey beside it."""
