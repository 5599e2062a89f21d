// Package bench times pickle beside its peers on the same bytes.
//
//	make bench-pickle
//
// python/corpus.py makes the corpus, always the same, and times C's _pickle in
// Debian's Python; the Go peers are timed here. They take turns (A B A B …), a
// few samples each; a sample is the mean of runs that fill ten milliseconds,
// garbage collectors as they are by default, and a figure is the median. It
// judges no time by itself: a goal that was not reached is marked MISSED.
package bench
