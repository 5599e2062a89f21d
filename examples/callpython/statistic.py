"""Describes numbers, with numpy where it is installed."""
import math

try:
    import numpy
except ImportError:
    numpy = None


def describe(numbers):
    if not numbers:
        raise ValueError("no numbers to describe")
    if numpy is not None:
        return {"n": len(numbers), "mean": float(numpy.mean(numbers)), "deviation": float(numpy.std(numbers))}
    mean = math.fsum(numbers) / len(numbers)
    squares = math.fsum((x - mean) ** 2 for x in numbers)
    return {"n": len(numbers), "mean": mean, "deviation": math.sqrt(squares / len(numbers))}
