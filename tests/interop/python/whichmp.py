"""multiprocessing, or what the environment names in its place."""
import importlib
import os

multiprocessing = importlib.import_module(os.environ.get('MULTIPROCESSING', 'multiprocessing'))
for part in 'pool', 'util':
    importlib.import_module(multiprocessing.__name__ + '.' + part)
if multiprocessing.__name__ == 'multiprocess':
    # Debian's calls 3.11's fork_exec with the arguments of 3.10.
    spawn = importlib.import_module('multiprocessing.util').spawnv_passfds
    multiprocessing.util.spawnv_passfds = lambda path, args, fds: spawn(os.fsencode(path), args, fds)
