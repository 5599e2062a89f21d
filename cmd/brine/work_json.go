package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math"
	"math/big"
	"slices"

	"github.com/brine-go/brine/pickle"
)

// maxNesting is how deep lists and dicts may be in each other.
const maxNesting = 1000

// parseJSON reads one value, as json.loads of Python does.
func parseJSON(text []byte) (any, error) {
	d := json.NewDecoder(bytes.NewReader(text))
	d.UseNumber()
	v, err := jsonValue(d, 0)
	if err == io.EOF {
		err = io.ErrUnexpectedEOF
	}
	if err != nil {
		return nil, err
	}
	if _, err := d.Token(); err != io.EOF {
		return nil, errors.New("more than one value in a line")
	}
	return v, nil
}

func jsonValue(d *json.Decoder, depth int) (any, error) {
	t, err := d.Token()
	if err != nil {
		return nil, err
	}
	if depth > maxNesting {
		return nil, fmt.Errorf("more than %d lists and objects in each other", maxNesting)
	}
	switch t {
	case json.Delim('['):
		l := pickle.NewList()
		for d.More() {
			v, err := jsonValue(d, depth+1)
			if err != nil {
				return nil, err
			}
			l.Items = append(l.Items, v)
		}
		_, err = d.Token()
		return l, err
	case json.Delim('{'):
		m := pickle.NewDict(0)
		for d.More() {
			key, err := d.Token()
			if err != nil {
				return nil, err
			}
			v, err := jsonValue(d, depth+1)
			if err != nil {
				return nil, err
			}
			m.Set(key, v) // a str is hashable
		}
		_, err = d.Token()
		return m, err
	}
	return fromJSON(t), nil
}

// appendJSON appends a Python value as JSON. What JSON has no form for, or what
// is in itself, is its repr.
func appendJSON(b []byte, v any, depth int) []byte {
	switch v := v.(type) {
	case nil:
		return append(b, "null"...)
	case bool, int64, *big.Int:
		return fmt.Append(b, v)
	case float64:
		if !math.IsNaN(v) && !math.IsInf(v, 0) {
			text, _ := pickle.Repr(v)
			return append(b, text...)
		}
	case string:
		return appendText(b, v)
	case pickle.Tuple:
		return appendItems(b, v, depth)
	case *pickle.List:
		return appendItems(b, v.Items, depth)
	case *pickle.Set:
		return appendItems(b, slices.Collect(v.All()), depth)
	case *pickle.FrozenSet:
		return appendItems(b, slices.Collect(v.All()), depth)
	case *pickle.Dict:
		if depth < maxNesting && len(b) <= maxRecord {
			return appendDict(b, v, depth)
		}
	}
	text, err := pickle.Repr(v)
	if err != nil {
		text = "<" + pickle.TypeName(v) + ">"
	}
	return appendText(b, text)
}

func appendText(b []byte, text string) []byte {
	var buf bytes.Buffer
	enc := json.NewEncoder(&buf)
	enc.SetEscapeHTML(false)
	enc.Encode(text)
	return append(b, bytes.TrimSuffix(buf.Bytes(), []byte("\n"))...)
}

func appendItems(b []byte, items []any, depth int) []byte {
	if depth >= maxNesting || len(b) > maxRecord { // the same parts again and again
		return append(b, `"..."`...)
	}
	b = append(b, '[')
	for i, item := range items {
		if i > 0 {
			b = append(b, ", "...)
		}
		b = appendJSON(b, item, depth+1)
	}
	return append(b, ']')
}

func appendDict(b []byte, d *pickle.Dict, depth int) []byte {
	b = append(b, '{')
	first := true
	for key, item := range d.All() {
		if !first {
			b = append(b, ", "...)
		}
		first = false
		name, ok := key.(string)
		if !ok {
			name, _ = pickle.Repr(key)
		}
		b = append(appendText(b, name), ": "...)
		b = appendJSON(b, item, depth+1)
	}
	return append(b, '}')
}
