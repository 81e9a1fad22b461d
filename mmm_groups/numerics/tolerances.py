"""Tolerances that more than one step relies on, each with its reason; what one algorithm alone needs stands with it.

All are relative. Spends and responses are sums of up to a few hundred numbers in double precision, whose rounding is
near 1e-14 of the largest; response curves are stored in single precision, whose rounding is 6e-8.
"""

CURVE_NOISE = 1e-7
"""Relative to a curve's top: a curve this near its concave envelope is concave. Single precision leaves ripples."""

BEYOND_END = 1e-9
"""Relative to an end (of a curve, of what was ever spent): a spend this little beyond it is at the end.

Spends are often shares of a sum."""

SPENDS_ROUNDING = 1e-12
"""Relative to the money in play: a limit that spends miss by less holds. Rounding of sums and differences of spends."""

SAME = 1e-9
"""Relative to the larger of two figures (responses, spends): figures that differ by less are equal, a tie.

Spends are mapped from groups to channels and back, and responses are sums over channels."""

LIMIT_MET = 1e-7
"""Relative to a limit's own amount: a limit missed by less is met, and one this close is binding.

Spends of a plan are mapped from groups to channels and back; shares of a group are rounded on the way."""

LIMITS_CLASH = 1e-9
"""Relative to the money in play: limits that must be missed by more clash. Ten times what HiGHS is asked for."""

REQUIREMENT_MET = 1e-7
"""Relative to the response: a requirement (a target response, a target ROI) missed by less is met.

For utilities read from draws in single precision. The simplex itself meets requirements to rounding."""

JOINT_REQUIREMENT_MET = 1e-6
"""The same where the model itself is searched (SLSQP): its answer is moved onto the limits, off the requirement."""

WORTHLESS = 1e-6
"""Relative to the largest shadow price: a limit worth less holds nobody. Prices of limits that do not bind are rounding
of slopes, themselves read from curves in single precision."""
