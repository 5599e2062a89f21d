package main

import (
	"encoding/json"
	"errors"
	"io"
	"math/big"
	"strings"

	"github.com/brine-go/brine/pickle"
)

// parseJSON reads one value, as json.loads of Python does.
func parseJSON(text string) (any, error) {
	d := json.NewDecoder(strings.NewReader(text))
	d.UseNumber()
	var v any
	if err := d.Decode(&v); err != nil {
		return nil, err
	}
	if _, err := d.Token(); err != io.EOF {
		return nil, errors.New("more than one value in a line")
	}
	return fromJSON(v), nil
}

// jsonOrRepr is a Python value for encoding/json. What JSON has no form for is
// its repr.
func jsonOrRepr(v any) any {
	switch v := v.(type) {
	case nil, bool, int64, float64, string, *big.Int:
		return v
	case pickle.Tuple:
		return listOrRepr(v)
	case *pickle.List:
		return listOrRepr(v.Items)
	case *pickle.Dict:
		m := make(map[string]any, v.Len())
		for key, item := range v.All() {
			name, ok := key.(string)
			if !ok {
				name, _ = pickle.Repr(key)
			}
			m[name] = jsonOrRepr(item)
		}
		return m
	}
	text, _ := pickle.Repr(v)
	return text
}

func listOrRepr(items []any) []any {
	all := make([]any, len(items))
	for i, item := range items {
		all[i] = jsonOrRepr(item)
	}
	return all
}
