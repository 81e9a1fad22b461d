"""Long work outside the page's process: refits, reading curves, sweeps; pages ask `job_queue`.

In: a request, as a folder with its files.
Out: a record and result files, by a process of its own that survives a reload and a restart of the server.
"""
