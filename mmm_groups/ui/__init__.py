"""Widgets, charts and session state: the only part that knows Streamlit."""
