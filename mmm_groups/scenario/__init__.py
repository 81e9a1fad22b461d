"""Everything a planner typed, as one document: fields, old forms, transfer to another model, running, comparing.

In: JSON, or the fields themselves.
Out: `Scenario`, and the plan it gives on a model.
"""
