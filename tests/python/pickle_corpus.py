"""The corpus, with brine in the middle: what comes back is what comes back without brine.

Every value is pickled at every protocol, and every pickle recoded for every protocol; at its own,
the same must happen in Python in the same order. Prints a JSON line a value: its name, how many
pickles of it went through brine, how many of those that were for their own protocol came back byte
for byte, and what went wrong.
"""
import json
import os
import pickle
import sys
import warnings

import corpus
import corpus_special
import happenings
import same
from recoder import Recoder

try:
    import cPickle as native
except ImportError:
    native = pickle


EXACT = "--values" not in sys.argv  # the peer is one that writes no opcodes of its own


class Case(object):
    """A value and how it is pickled."""

    def __init__(self, name, value, least=0, dumps=native.dumps, loads=native.loads, compare=same.same):
        self.name, self.value, self.dumps, self.loads = name, value, dumps, loads
        self.least, self.compare = least, compare  # the least protocol that can have it

    def run(self, brine):
        count = exact = 0
        wrong = []
        for source in range(self.least, pickle.HIGHEST_PROTOCOL + 1):
            data = self.dumps(self.value, source)
            plain = self.loads(data)
            for target in range(self.least, pickle.HIGHEST_PROTOCOL + 1):
                count += 1
                try:
                    through = brine.recode(data, target)
                    exact += source == target and through == data
                    self.compare(plain, self.loads(through))
                    if source == target and EXACT:
                        happenings.same_order(data, through)
                    again = brine.recode(through, target)
                    if again != through and EXACT:
                        raise AssertionError("brine changes what it wrote: %r, %r" % (through[:400], again[:400]))
                except Exception as e:
                    wrong.append("%d to %d: %s: %s" % (source, target, type(e).__name__, str(e)[:300]))
        return count, exact, wrong


class Beside(Case):
    """A value whose buffers travel beside its pickle."""

    def run(self, brine):
        buffers = []
        data = self.dumps(self.value, 5, buffer_callback=buffers.append)
        buffers = [(b.raw().readonly, bytes(b.raw())) for b in buffers]
        plain = self.loads(data, buffers=given(buffers))
        wrong, exact = [], 0
        for target in range(pickle.HIGHEST_PROTOCOL + 1):
            try:
                through, after = brine.beside(data, buffers, target)
                if target == 5 and after != buffers or target < 5 and after:
                    raise AssertionError("the buffers are others now: %r, %r" % (buffers, after))
                exact += through == data
                self.compare(plain, self.loads(through, buffers=given(after)))
            except Exception as e:
                wrong.append("5 to %d: %s: %s" % (target, type(e).__name__, str(e)[:300]))
        return 6, exact, wrong


def given(buffers):
    return [b if readonly else bytearray(b) for readonly, b in buffers]


def cases():
    for value in corpus.values():
        yield Case(*value)
    for case in corpus_special.cases(Case, Beside):
        yield case
    for module in ("dill", "cloudpickle", "numpy", "pandas"):
        try:
            __import__(module)
        except ImportError:
            continue
        for case in __import__("corpus_" + module).cases(Case, Beside):
            yield case


def main():
    warnings.simplefilter("ignore")
    brine = Recoder()
    wanted = [a for a in sys.argv[1:] if not a.startswith("-")]
    for case in cases():
        if wanted and not any(w in case.name for w in wanted):
            continue
        try:
            count, exact, wrong = case.run(brine)
        except Exception as e:
            count, exact, wrong = 0, 0, ["cannot be pickled: %s: %s" % (type(e).__name__, e)]
        json.dump({"name": case.name, "pickles": count, "exact": exact, "wrong": wrong}, out)
        out.write("\n")
    brine.close()


if __name__ == "__main__":
    out = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)
    main()
    out.close()
