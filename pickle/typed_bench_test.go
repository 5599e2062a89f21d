package pickle

import (
	"context"
	"fmt"
	"reflect"
	"testing"
	"time"
)

type benchRecord struct {
	ID     int      `pickle:"id"`
	Name   string   `pickle:"name"`
	Score  float64  `pickle:"score"`
	Active bool     `pickle:"active"`
	Tags   []string `pickle:"tags"`
}

type benchOrder struct {
	_        struct{} `pickle:",class=shop.Order"`
	Number   int      `pickle:"number"`
	Customer string   `pickle:"customer"`
	Total    float64  `pickle:"total"`
}

type benchRow struct {
	_      struct{} `pickle:",class=shop.Row,tuple"`
	Number int      `pickle:"number"`
	Name   string   `pickle:"name"`
	Score  float64  `pickle:"score"`
}

type benchNested []benchNested

// benchValues are typed values of ten thousand and more parts.
func benchValues() map[string]any {
	const n = 10_000
	dict := map[string]int64{}
	floats, ints := make([]float64, 10*n), make([]int64, 10*n)
	records, orders, rows := make([]benchRecord, n), make([]benchOrder, n), make([]benchRow, n)
	pointers, times, words := make([]*benchOrder, n), make([]time.Time, n), make([][]string, n)
	start := time.Date(2024, 1, 1, 0, 0, 0, 0, time.UTC)
	for i := range n {
		name := fmt.Sprint("name", i)
		dict[name] = int64(i)
		records[i] = benchRecord{i, name, float64(i) / 3, i%3 == 0, []string{fmt.Sprint("tag", i%10), fmt.Sprint("tag", i%7)}}
		orders[i] = benchOrder{Number: i, Customer: name, Total: float64(i) / 7}
		rows[i] = benchRow{Number: i, Name: name, Score: float64(i) / 3}
		pointers[i] = &orders[i]
		times[i] = start.Add(time.Duration(37*i) * time.Second)
		words[i] = []string{fmt.Sprint("word", i%1000), fmt.Sprint("word", 3*i%1000), fmt.Sprint("word", 7*i%1000)}
	}
	for i := range floats {
		floats[i], ints[i] = float64(i)/7, int64(i)*7919%1e6
	}
	nested := benchNested{}
	for range 999 {
		nested = benchNested{nested}
	}
	return map[string]any{
		"dict": &dict, "floats": &floats, "ints": &ints, "records": &records, "orders": &orders, "pointers": &pointers,
		"rows": &rows, "datetimes": &times, "strings": &words, "nested": &nested, "bytes": ptr(make([]byte, 1<<20)),
	}
}

// BenchmarkUnmarshalTyped reads what Python's pickler would write.
func BenchmarkUnmarshalTyped(b *testing.B) {
	for name, v := range benchValues() {
		data, err := Marshal(v)
		if err == nil {
			data, _, err = Codec{}.Recode(context.Background(), nil, data)
		}
		if err != nil {
			b.Fatal(name, err)
		}
		b.Run(name, func(b *testing.B) {
			c := Codec{Alias: name == "bytes"}
			b.ReportAllocs()
			b.SetBytes(int64(len(data)))
			for b.Loop() {
				if err := c.Unmarshal(background, data, fresh(v)); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

func BenchmarkMarshalTyped(b *testing.B) {
	for name, v := range benchValues() {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			var buf []byte
			for b.Loop() {
				var err error
				if buf, err = (Codec{}).Append(background, buf[:0], v); err != nil {
					b.Fatal(err)
				}
			}
			b.SetBytes(int64(len(buf)))
		})
	}
}

// fresh returns a new variable of the kind that v points to.
func fresh(v any) any { return reflect.New(reflect.TypeOf(v).Elem()).Interface() }
