package bench

import (
	"bytes"
	"context"
	"fmt"
	"reflect"
	"runtime"
	"testing"
	"time"

	ogorek "github.com/kisielk/og-rek"
	gopickle "github.com/nlpodyssey/gopickle/pickle"

	"github.com/brine-go/brine/pickle"
)

var background = context.Background()

// A peer makes the job that is timed on a file; nil where it has none.
type peer struct {
	name string
	job  func(f file) func() error
}

// peers are in the order of the table's columns, which begin with Python's own.
var peers = map[string][]peer{
	"loads": {
		{"values", loadValues},
		{"typed", loadTyped},
		{"reused", loadReused},
		{"aliased", loadAliased},
		{"view", loadView},
		{"gopickle", loadGopickle},
		{"og-rek", loadOgorek},
	},
	"dumps": {
		{"values", dumpValues},
		{"typed", dumpTyped},
		{"byref", dumpByReference},
		{"og-rek", dumpOgorek},
	},
}

func loadValues(f file) func() error {
	codec := f.codec()
	return func() error {
		_, err := codec.Decode(background, f.data)
		return err
	}
}

func loadAliased(f file) func() error {
	codec := f.codec()
	codec.Alias = true
	return func() error {
		_, err := codec.Decode(background, f.data)
		return err
	}
}

// loadView looks at a manager's request as its server does.
func loadView(f file) func() error {
	if f.name != "request" {
		return nil
	}
	view := new(pickle.View)
	return func() error { return view.Scan(f.data, pickle.Limits{}) }
}

func loadTyped(f file) func() error {
	target := targets[f.name]
	if target == nil {
		return nil
	}
	codec := f.codec()
	return func() error { return codec.Unmarshal(background, f.data, target()) }
}

// loadReused reads into one variable, again and again.
func loadReused(f file) func() error {
	target := targets[f.name]
	if target == nil {
		return nil
	}
	codec := f.codec()
	v := target()
	return func() error { return codec.Unmarshal(background, f.data, v) }
}

func loadGopickle(f file) func() error {
	return func() error {
		u := gopickle.NewUnpickler(bytes.NewReader(f.data))
		_, err := u.Load()
		return err
	}
}

func loadOgorek(f file) func() error {
	return func() error {
		_, err := ogorek.NewDecoder(bytes.NewReader(f.data)).Decode()
		return err
	}
}

func dumpValues(f file) func() error {
	codec := f.codec()
	v, err := codec.Decode(background, f.data)
	if err != nil {
		return failing(err)
	}
	if f.buffers != nil {
		codec.OutOfBand = func(*pickle.Buffer) bool { return true }
	}
	return dump(codec, v)
}

// dumpByReference writes a pickle that large bytes travel beside.
func dumpByReference(f file) func() error {
	if f.name != "bytes" {
		return nil
	}
	var v []byte
	if err := pickle.Unmarshal(f.data, &v); err != nil {
		return failing(err)
	}
	codec := pickle.Codec{Protocol: pickle.Protocol5, OutOfBand: func(*pickle.Buffer) bool { return true }}
	return dump(codec, &pickle.Buffer{Bytes: v, ReadOnly: true})
}

func dumpTyped(f file) func() error {
	target := targets[f.name]
	if target == nil {
		return nil
	}
	codec := f.codec()
	v := target()
	if err := codec.Unmarshal(background, f.data, v); err != nil {
		return failing(err)
	}
	return dump(codec, reflect.ValueOf(v).Elem().Interface())
}

func dump(codec pickle.Codec, v any) func() error {
	var buf []byte
	return func() (err error) {
		buf, err = codec.Append(background, buf[:0], v)
		return err
	}
}

func dumpOgorek(f file) func() error {
	v, err := ogorek.NewDecoder(bytes.NewReader(f.data)).Decode()
	if err != nil {
		return failing(err)
	}
	return func() error {
		config := &ogorek.EncoderConfig{Protocol: int(f.data[1])}
		var out bytes.Buffer
		return ogorek.NewEncoderWithConfig(&out, config).Encode(v)
	}
}

func failing(err error) func() error { return func() error { return err } }

const (
	sampleTime = 20 * time.Millisecond
	samples    = 2
)

// sample times a job: a few means, in nanoseconds.
func sample(job func() error) ([]float64, error) {
	runtime.GC() // the garbage of the one before is not this one's
	n := 1
	took, err := run(job, n)
	for err == nil && took < sampleTime/2 {
		n *= 2
		took, err = run(job, n)
	}
	if err != nil {
		return nil, err
	}
	n = max(1, int(float64(n)*float64(sampleTime)/float64(took)))
	means := make([]float64, samples)
	for i := range means {
		if took, err = run(job, n); err != nil {
			return nil, err
		}
		means[i] = float64(took) / float64(n)
	}
	return means, nil
}

// run returns the time of n runs. Peers panic on pickles that they do not know.
func run(job func() error, n int) (took time.Duration, err error) {
	defer func() {
		if r := recover(); r != nil {
			err = fmt.Errorf("panic: %v", r)
		}
	}()
	start := time.Now()
	for range n {
		if err := job(); err != nil {
			return 0, err
		}
	}
	return time.Since(start), nil
}

// allocations returns how many one run makes.
func allocations(job func() error) float64 {
	return testing.AllocsPerRun(1000, func() { _ = job() })
}
