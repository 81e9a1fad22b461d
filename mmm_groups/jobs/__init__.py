"""Long work outside the page's process: refits, opening models, sweeps.

`job_queue` is what pages use. Each job is a folder with its request, its record and its result files, and a process of
its own (`worker`), which survives a reload, a second browser and a restart of the server.
"""
