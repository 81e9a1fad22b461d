"""The web app's screens, one folder a page.

In: what the planner does in the browser.
Out: Streamlit elements; all numbers come from the pipeline.
"""
