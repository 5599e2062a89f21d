"""python -m brine PROGRAM: what a Go program offers to Python."""
import argparse
import sys
import textwrap

from .binary import BinaryError, functions_of


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m brine", description="List the functions of Go programs.")
    parser.add_argument("program", nargs="+", help="a program that calls engine.Main")
    for program in parser.parse_args().program:
        try:
            functions = functions_of(program)
        except BinaryError as e:
            print("brine:", e, file=sys.stderr)
            return 1
        print("%s: %d function%s" % (program, len(functions), "" if len(functions) == 1 else "s"))
        for f in functions:
            print("  %s%s" % (f.name, f.signature))
            if f.doc:
                print(textwrap.indent(f.doc.strip(), "      "))
    return 0


if __name__ == "__main__":
    sys.exit(main())
