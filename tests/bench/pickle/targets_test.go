package bench

import "time"

// targets are the Go variables that files are read into, each time a new one.
var targets = map[string]func() any{
	"request":    func() any { return new(request) },
	"reply":      func() any { return new(reply) },
	"dict":       func() any { return new(map[string]int64) },
	"floats":     func() any { return new([]float64) },
	"records":    func() any { return new([]record) },
	"nested":     func() any { return new(nested) },
	"bytes":      func() any { return new([]byte) },
	"datetimes":  func() any { return new([]time.Time) },
	"dataclass":  func() any { return new([]order) },
	"namedtuple": func() any { return new([]row) },
	"strings":    func() any { return new([]words) },
}

type (
	request struct {
		_      struct{} `pickle:",tuple"`
		Ident  string
		Method string
		Args   struct {
			_     struct{} `pickle:",tuple"`
			Key   string
			Value int
		}
		Kwds map[string]any
	}

	reply struct {
		_     struct{} `pickle:",tuple"`
		Kind  string
		Value int
	}

	record struct {
		ID     int      `pickle:"id"`
		Name   string   `pickle:"name"`
		Score  float64  `pickle:"score"`
		Active bool     `pickle:"active"`
		Tags   []string `pickle:"tags"`
	}

	nested []nested

	words struct {
		_          struct{} `pickle:",tuple"`
		A, B, C, D string
	}

	order struct {
		_        struct{} `pickle:",class=corpus.Order"`
		Number   int      `pickle:"number"`
		Customer string   `pickle:"customer"`
		Total    float64  `pickle:"total"`
		Paid     bool     `pickle:"paid"`
	}

	row struct {
		_      struct{} `pickle:",class=corpus.Row,tuple"`
		Number int
		Name   string
		Score  float64
	}
)
