"""Plans that somebody brings: the agency's sheet, last year's, the optimum's, by channel and date, and what they bring.

In: a table, totals, history or an optimum; and the model or curves that it is laid over.
Out: a `MediaPlan`, its evaluation, and what another plan does better.
"""
