"""Charts of who held what when: days to places, bars packed into rows, labels that never overlap. Pure functions, no request."""
