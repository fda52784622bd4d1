"""Who may do what: tests of keys, scopes, sessions, limits and what an embargo keeps from whom."""
