package pickle

import "testing"

func BenchmarkScan(b *testing.B) {
	v := new(View)
	b.ReportAllocs()
	for b.Loop() {
		if err := v.Scan(request, Limits{}); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkRaw(b *testing.B) {
	v := new(View)
	if err := v.Scan(request, Limits{}); err != nil {
		b.Fatal(err)
	}
	it := v.Children(2)[0]
	b.ReportAllocs()
	for b.Loop() {
		if _, ok := v.Raw(it); !ok {
			b.Fatal("shared")
		}
	}
}
