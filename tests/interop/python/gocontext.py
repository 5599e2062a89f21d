"""Uses the context of a Go program as any other: gocontext.py PROGRAM."""
import concurrent.futures
import inspect
import multiprocessing
import os
import sys
import tempfile

import brine


def main():
    program = sys.argv[1]
    ctx = brine.context(program)
    assert brine.context(program) is ctx
    from brine.functions import gotasks

    print(repr(gotasks.square).partition("(")[0], inspect.signature(gotasks.square))
    print(gotasks.square.__doc__)
    print("gotasks" in dir(brine.functions), gotasks)
    for use in (pools, processes, errors):
        use(ctx, gotasks)
    # PyPy 3.9 has an executor that fails with every spawn context.
    if sys.implementation.name == "cpython":
        executors(ctx, gotasks)
    print(multiprocessing.get_context("spawn").Process.__name__)


def pools(ctx, gotasks):
    with ctx.Pool(2, maxtasksperchild=2) as pool:
        print(pool.map(gotasks.square, range(6)), pool.apply(gotasks.Namespace.method, (3,)))
        try:
            pool.apply(gotasks.fail, ("lost",))
        except KeyError as error:
            print("KeyError", error.args)
        try:
            pool.apply(len, ([],))
        except AttributeError as error:
            print("AttributeError", str(error).partition(" in this")[0])


def executors(ctx, gotasks):
    with concurrent.futures.ProcessPoolExecutor(2, mp_context=ctx) as executor:
        print(list(executor.map(gotasks.square, range(6))))


def processes(ctx, gotasks):
    for target, args in ((gotasks.square, (3,)), (gotasks.die, (7,))):
        process = ctx.Process(target=target, args=args)
        process.start()
        process.join()
        print(process.name.rstrip("0123456789"), process.exitcode)
    square = gotasks.square
    with tempfile.TemporaryDirectory() as folder:
        link = os.path.join(folder, os.fsdecode(b"go\xff"))
        os.symlink(ctx.program, link)
        process = brine.context(link).Process(target=square, args=(3,))
        process.start()
        process.join()
        print(process.exitcode)
    with ctx.Pool(1) as pool:
        print(pool.apply(square, (4,)))
    with ctx.Manager() as manager:
        print(manager.list([1, 2]))


def errors(ctx, gotasks):
    class Runs(ctx.Process):
        def run(self):
            pass

    for fails in (lambda: Runs().start(), lambda: gotasks.square(3), lambda: brine.context("/bin/true"),
                  lambda: brine.functions.nothing):
        try:
            fails()
        except (TypeError, AttributeError, brine.BinaryError) as error:
            print(type(error).__name__, str(error).partition(":")[0].partition(" (")[0])


if __name__ == "__main__":
    main()
