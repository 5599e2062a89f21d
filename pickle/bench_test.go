package pickle

import (
	"fmt"
	"testing"
)

// What the goals for speed are stated for.

// request is what a client of Python 3.8 sends for l.append("x" * 5).
var request = []byte("\x80\x04\x95\x28\x00\x00\x00\x00\x00\x00\x00(\x8c\x0c7f9c5b0a1e50\x94\x8c\x06append\x94\x8c\x05hello\x94\x85\x94}\x94t\x94.")

func records(n int) *List {
	l := NewList()
	for i := range n {
		d := NewDict(4)
		d.Set("id", int64(i))
		d.Set("name", fmt.Sprint("user", i))
		d.Set("score", float64(i)/3)
		d.Set("tags", Tuple{"a", "b"})
		l.Items = append(l.Items, d)
	}
	return l
}

func numbers(n int) *List {
	l := NewList()
	for i := range n {
		l.Items = append(l.Items, float64(i)/7)
	}
	return l
}

func wideDict(n int) *Dict {
	d := NewDict(n)
	for i := range n {
		d.Set(fmt.Sprint("key", i), int64(i))
	}
	return d
}

func BenchmarkDecode(b *testing.B) {
	for _, bm := range []struct {
		name string
		data []byte
	}{
		{"request", request},
		{"dict10k", must(Marshal(wideDict(10_000)))},
		{"floats100k", must(Marshal(numbers(100_000)))},
		{"records10k", must(Marshal(records(10_000)))},
	} {
		for _, alias := range []bool{false, true} {
			b.Run(fmt.Sprintf("%s/alias=%v", bm.name, alias), func(b *testing.B) {
				b.ReportAllocs()
				b.SetBytes(int64(len(bm.data)))
				c := Codec{Alias: alias}
				for b.Loop() {
					if _, err := c.Decode(background, bm.data); err != nil {
						b.Fatal(err)
					}
				}
			})
		}
	}
}

func BenchmarkAppend(b *testing.B) {
	for _, bm := range []struct {
		name  string
		value any
	}{
		{"reply", Tuple{"#RETURN", nil}},
		{"int", int64(300)},
		{"dict10k", wideDict(10_000)},
		{"floats100k", numbers(100_000)},
		{"records10k", records(10_000)},
	} {
		b.Run(bm.name, func(b *testing.B) {
			b.ReportAllocs()
			var buf []byte
			for b.Loop() {
				var err error
				if buf, err = (Codec{}).Append(background, buf[:0], bm.value); err != nil {
					b.Fatal(err)
				}
			}
			b.SetBytes(int64(len(buf)))
		})
	}
}

func must[T any](v T, err error) T {
	if err != nil {
		panic(err)
	}
	return v
}
