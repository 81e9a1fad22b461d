"""Everything a planner typed, as one document: fields, old forms, moving, running, comparing.

In: JSON, or the fields themselves.
Out: `Scenario`, and the plan it gives on a model.
"""
