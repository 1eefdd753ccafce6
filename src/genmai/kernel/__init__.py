"""Values and rules that know no word of the domain: flows, clocks, viewers, money, ids, secrets, append-only tables."""
