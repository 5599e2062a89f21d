package bench

// targets are the Go variables that files are read into, each time a new one.
var targets = map[string]func() any{
	"dict":   func() any { return new(map[string]int64) },
	"floats": func() any { return new([]float64) },
	"bytes":  func() any { return new([]byte) },
}
