package pickle

import (
	"errors"
	"fmt"
	"math/big"
	"strings"
	"testing"
	"time"
)

// The limits hold where variables are filled without making values first.
func TestTypedLimits(t *testing.T) {
	type nested []nested
	type numbers []int                                                                // which no test before has given up to read in one pass
	shared := "](" + "](" + times("]("+times("K\x01", 100)+"e", 50) + "eq\x00h\x00e." // a GET: it takes a tape
	for _, tt := range []struct {
		name, data, limit string
		limits            Limits
		into              any
	}{
		{"bytes", "](K\x01K\x02e.", "Bytes", Limits{Bytes: 7}, new(numbers)},
		{"memory", shared, "Memory", Limits{Memory: 20_000}, new([][][]int64)},
		{"depth", times("]", 50) + "q\x00h\x00a" + times("a", 49) + ".", "Depth", Limits{Depth: 20}, new(nested)},
	} {
		err := Codec{Limits: tt.limits}.Unmarshal(t.Context(), []byte(tt.data), tt.into)
		var limit *LimitError
		if !errors.As(err, &limit) || limit.Limit != tt.limit {
			t.Errorf("%s: %v", tt.name, err)
		}
		if err := (Codec{}).Unmarshal(t.Context(), []byte(shared), new([][][]int64)); err != nil {
			t.Errorf("with the usual limits: %v", err)
		}
	}
}

// One state that fills many registered structs is charged each time: it takes as long.
func TestStateOfManyStructs(t *testing.T) {
	type filled struct {
		A    int
		Rest map[string]any `pickle:",inline"`
	}
	r := new(Registry)
	RegisterStruct[filled](r, "m.C")
	for n, want := range map[int]bool{100: true, 2000: false} {
		var b strings.Builder
		b.WriteString("\x80\x02cm\nC\nq\x000}(")
		for i := range n {
			fmt.Fprintf(&b, "\x8c\x04%04dN", i)
		}
		b.WriteString("uq\x010](" + times("h\x00)\x81h\x01b", n) + "e.")
		_, err := Codec{Registry: r}.Decode(t.Context(), []byte(b.String()))
		if limit, ok := errors.AsType[*LimitError](err); (err == nil) != want || !want && (!ok || limit.Limit != "Memory") {
			t.Errorf("%d fields of as many structs: %v", n, err)
		}
	}
}

// A list whose items come one by one gets room for them as append gives it.
func TestItemsOneByOne(t *testing.T) {
	const n = 10_000
	data := []byte("\x80\x04]" + times("K\x01a", n) + ".")
	allocs := testing.AllocsPerRun(5, func() {
		var numbers []int
		if err := Unmarshal(data, &numbers); err != nil || len(numbers) != n || numbers[n-1] != 1 {
			t.Fatalf("%d items, %v", len(numbers), err)
		}
	})
	if allocs > 40 {
		t.Errorf("%v allocations for %d items", allocs, n)
	}
}

// What reading in one pass is told of a class is by the codec's own dialect, not by that of
// another who read before.
func TestDialectOfTheCodec(t *testing.T) {
	type stock struct {
		_ struct{} `pickle:",class=multiprocessing.shop.C"`
		A int
	}
	fork := []byte("\x80\x04\x8c\x11multiprocess.shop\x8c\x01C\x93)\x81}\x8c\x01AK\x01sb.")
	for range 20 { // a reader may be another one
		var a any
		if err := (Codec{Dialect: Dialect{Package: "multiprocess"}}).Unmarshal(t.Context(), []byte("\x80\x04](]q\x00h\x00e."), &[]any{a}); err != nil {
			t.Fatal(err)
		}
		if err := (Codec{}).Unmarshal(t.Context(), fork, new(stock)); err == nil {
			t.Fatal("multiprocess is read as multiprocessing")
		}
	}
}

// What made an object is found at once, however often it was changed since.
func TestManyChangesOfOne(t *testing.T) {
	const n = 150_000 // which would take a minute
	for _, change := range []string{"}b", "(Ne"} {
		data := "](cm\nC\n)\x81q\x00" + times(change, n) + times("h\x00", n) + "e."
		var items []any
		start := time.Now()
		if err := Unmarshal([]byte(data), &items); err != nil || len(items) != n+1 || items[0] != items[n] {
			t.Fatalf("%q: %d items, %v", change, len(items), err)
		}
		if d := time.Since(start); d > 30*time.Second {
			t.Errorf("%q: %v", change, d)
		}
	}
}

// Comparing the arguments of calls that are dropped is charged.
func TestDroppedCallsAreCharged(t *testing.T) {
	args := "(" + times("K\x01", 5_000) + "t"
	data := "cm\nC\nq\x000" + args + "q\x010" + args + "q\x020h\x00h\x01Rq\x030" + times("h\x00h\x02R0h\x030", 2000) + "N."
	if _, err := (Codec{Limits: Limits{Memory: 4 << 20}}).Decode(t.Context(), []byte(data)); !isLimit(err) {
		t.Error(err)
	}
}

// A key that is not written as Python does would be kept in as many spellings as come.
func TestZoneInfoIsClean(t *testing.T) {
	for _, z := range []ZoneInfo{"", "Local", "Europe//Berlin", "./Europe/Berlin", "Europe/Berlin/", "../Europe/Berlin"} {
		if loc, err := z.Location(); err == nil {
			t.Errorf("%q is %v", z, loc)
		}
	}
	if _, err := ZoneInfo("Europe/Berlin").Location(); err != nil {
		t.Error(err)
	}
}

// A Decimal of a few bytes is charged by the digits that a number of Go's gets of it.
func TestDecimalsAreCharged(t *testing.T) {
	const one = "\x8c\x0a1.5E-99999\x85R" // of 10 kB and more
	of := func(n int) []byte {
		return []byte("\x80\x04](cdecimal\nDecimal\nq\x00" + one + times("h\x00"+one, n) + "e.")
	}
	var rats []*big.Rat
	var floats []*big.Float
	for _, v := range []any{&rats, &floats} {
		if err := Unmarshal(of(10), v); err != nil {
			t.Error(err)
		}
		err := Unmarshal(of(2000), v)
		if !isLimit(err) || !strings.Contains(err.Error(), "more than the limit of 33554432 (Memory)") {
			t.Errorf("Unmarshal into %T: %v", v, err)
		}
		if _, ok := errors.AsType[*SyntaxError](err); !ok {
			t.Errorf("Unmarshal into %T: %v has no place", v, err)
		}
	}
	long, err := ParseDecimal("1." + strings.Repeat("3", maxPower))
	if err != nil {
		t.Fatal(err)
	}
	if r, err := long.Rat(); err == nil {
		t.Errorf("a Rat of %d bits from 100,001 digits", r.Denom().BitLen())
	}
	zero, _ := ParseDecimal("0E-90000")
	if r, err := zero.Rat(); err != nil || r.Sign() != 0 {
		t.Errorf("0E-90000 is %v, %v", r, err)
	}
}

// Objects that share their arguments are looked at as often as a class needs, not once
// for each of their 2**200 paths.
func TestObjectsThatShareArguments(t *testing.T) {
	zone := "h\x00N\x85Rq\x010" + times("h\x00h\x01h\x01\x86Rq\x010", 200)
	data := []byte("\x80\x04cdatetime\ntimezone\nq\x000" + zone + "](h\x01e.")
	done := make(chan error)
	for _, v := range []any{new([]time.Time), new([]Timezone), new([]*big.Rat)} {
		go func() { done <- Unmarshal(data, v) }()
		select {
		case err := <-done:
			if _, ok := errors.AsType[*UnmarshalTypeError](err); !ok {
				t.Errorf("%T: %v", v, err)
			}
		case <-time.After(10 * time.Second):
			t.Fatalf("%T: it does not end", v)
		}
	}
}
