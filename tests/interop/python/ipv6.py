"""Succeeds where Python's multiprocessing can use the IPv6 address in MANAGER_ADDRESS."""
import os
from multiprocessing.managers import SyncManager

host, port = os.environ["MANAGER_ADDRESS"].strip("[").split("]:")
SyncManager(address=(host, int(port)), authkey=os.environ["MANAGER_AUTHKEY"].encode("ascii")).connect()
