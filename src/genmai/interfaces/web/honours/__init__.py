"""The register of honours: by kind, level and year, with what was given beside how many there are."""
