//go:build !race

package pickle

const (
	memoryFactor = 1
	hostileScale = 1
)
