//go:build race

package pickle

// With the race detector everything takes more memory and time: hostile pickles
// are judged by what is left, and large ones are smaller.
const (
	memoryFactor = 12
	hostileScale = 16
)
