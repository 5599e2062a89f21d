// Package goroutines times pools of goroutines beside their peers: a channel,
// a counter, and the pools of ants, pond and conc.
//
//	make bench-pool
//
// They take turns (A B A B …); a ratio is the median of the ratios within each
// round. A goal that was not reached is marked MISSED.
package goroutines
