//go:build race

package connection

const raceEnabled = true // pools then forget at random
