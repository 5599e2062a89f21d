// Package bench times pickle beside its peers on the same bytes.
//
//	make bench-pickle
//
// python/corpus.py makes the corpus, always the same, and times C's _pickle in
// Debian's Python; each Go peer is timed by a process of its own (worker_test.go).
// They take turns (A B A B …). A sample is the mean of runs that fill 20 ms, garbage
// collectors as they are by default, while nothing lives but what is read or written;
// a turn's figure is the better of two samples, and a ratio the median of the ratios
// within each round. Nothing is judged by itself: a goal that was not reached is
// marked MISSED.
//
// "typed" makes a new variable each time, "reused" reads into one variable again and
// again, as a program does that reads many messages. The goals for all files take large
// bytes as they come without a copy, which programs ask for by Codec.Alias; the rows
// "all copied" take the same column with its copies.
package bench
