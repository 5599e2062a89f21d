"""Uses brine.Manager() as multiprocessing.Manager() is used."""
import multiprocessing
import os
import signal
import subprocess
import sys
import time
from multiprocessing import shared_memory

import brine


def work(shared, queue, lock):
    for _ in range(100):
        with lock:
            shared["n"] = shared.get("n", 0) + 1
    queue.put(os.getpid())


def fill(numbers, name):
    numbers[0] = 10
    memory = shared_memory.SharedMemory(name)
    memory.buf[:3] = b"abc"
    memory.close()


def gone(pid):
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return True
    with open("/proc/%d/stat" % pid) as f:
        return f.read().rsplit(")", 1)[1].split()[0] == "Z"


def main():
    with brine.Manager() as m:
        numbers = m.list(range(10))
        numbers.reverse()
        print(numbers)
        for method in ("fork", "spawn"):
            ctx = multiprocessing.get_context(method)
            shared, queue, lock = m.dict(), m.Queue(), m.Lock()
            processes = [ctx.Process(target=work, args=(shared, queue, lock)) for _ in range(2)]
            for p in processes:
                p.start()
            for p in processes:
                p.join()
            print(method, shared["n"], sorted(queue.get() for _ in processes) == sorted(p.pid for p in processes))
        server, folder = m._process.pid, os.path.dirname(m.address)
    print("left", gone(server), not os.path.exists(folder))

    with brine.SharedMemoryManager() as smm:
        numbers = smm.ShareableList([1, 2.5, "three"])
        memory = smm.SharedMemory(100)
        ctx = multiprocessing.get_context("spawn")
        p = ctx.Process(target=fill, args=(numbers, memory.name))
        p.start()
        p.join()
        print(list(numbers), bytes(memory.buf[:3]))
        server, name = smm._process.pid, memory.name
        memory.close()
        numbers.shm.close()
    print("left", gone(server), not os.path.exists("/dev/shm/" + name.lstrip("/")))

    try:
        brine.Manager("./no/such/program")
    except brine.BinaryError as e:
        print(e)

    # A program that is killed takes its server with it.
    victim = subprocess.Popen([sys.executable, __file__, "victim"], stdout=subprocess.PIPE)
    server = int(victim.stdout.readline())
    victim.send_signal(signal.SIGKILL)
    victim.wait()
    print("orphan", "ends" if wait_for_end(server) else "lives")


def wait_for_end(pid):
    deadline = time.monotonic() + 10
    while time.monotonic() < deadline:
        if gone(pid):
            return True
        time.sleep(0.02)
    return False


def victim():
    m = brine.Manager()
    print(m._process.pid, flush=True)
    signal.pause()


if __name__ == "__main__":
    victim() if sys.argv[1:] == ["victim"] else main()
