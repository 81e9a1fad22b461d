"""Numbers, words, colours and charts as a reader sees them.

In: results of the pipeline.
Out: text and Plotly figures; knows no Streamlit.
"""
