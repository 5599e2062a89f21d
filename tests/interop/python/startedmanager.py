"""A manager of a program's own, which a Go program starts."""
import queue
from multiprocessing.managers import BaseManager

_queue = queue.Queue()


class Counter(object):
    def __init__(self, start=0):
        self.n = start

    def add(self, n):
        self.n += n
        return self.n


def get_queue():
    return _queue


class QueueManager(BaseManager):
    pass


QueueManager.register("Counter", Counter)
QueueManager.register("get_queue", callable=get_queue)
