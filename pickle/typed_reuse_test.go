package pickle

import (
	"bytes"
	"encoding/binary"
	"reflect"
	"testing"
)

func TestReadBytesInPlace(t *testing.T) {
	data := []byte("\x80\x04C\x03abc.")
	tests := []struct {
		name  string
		to    []byte
		codec Codec
		place bool
	}{
		{"room", make([]byte, 1, 8), Codec{}, true},
		{"just enough", make([]byte, 3), Codec{}, true},
		{"too little", make([]byte, 2), Codec{}, false},
		{"aliased", make([]byte, 8), Codec{Alias: true}, false},
		{"the pickle's own", data[4:7:7], Codec{}, false},
	}
	for _, tt := range tests {
		got := tt.to
		if err := tt.codec.Unmarshal(t.Context(), data, &got); err != nil || string(got) != "abc" {
			t.Errorf("%s: %q, %v", tt.name, got, err)
		}
		if place := &got[0] == &tt.to[0]; place != tt.place && tt.name != "the pickle's own" {
			t.Errorf("%s: in place: %v", tt.name, place)
		}
	}
	if string(data) != "\x80\x04C\x03abc." {
		t.Errorf("the pickle is %q now", data)
	}
}

// Who reads many messages into one variable makes no garbage of what is large in them.
func TestReadAgainInPlace(t *testing.T) {
	type message struct {
		Name string
		Body []byte
		Nums []float64
	}
	v := message{"a", bytes.Repeat([]byte("b"), 1<<16), make([]float64, 1000)}
	body, nums := &v.Body[0], &v.Nums[0]
	data, err := Marshal(&v)
	if err != nil {
		t.Fatal(err)
	}
	if err := Unmarshal(data, &v); err != nil || &v.Body[0] != body || &v.Nums[0] != nums {
		t.Errorf("a message is not read in place: %v", err)
	}
	if data, err = Marshal(v.Nums); err != nil {
		t.Fatal(err)
	}
	framed := binary.LittleEndian.AppendUint64([]byte{opProto, 4, opFrame}, uint64(len(data)-2))
	if err := Unmarshal(append(framed, data[2:]...), &v.Nums); err != nil || &v.Nums[0] != nums {
		t.Errorf("a list in a frame is not read in place: %v", err)
	}
}

// A list that is longer than the slice has room for takes another one.
func TestReadLongerList(t *testing.T) {
	floats := []float64{1, 2, 3, 4, 5, 6, 7, 8, 9, 10}
	data := mustMarshal(t, floats)
	for room := range len(floats) + 2 {
		got := make([]float64, 0, room)
		if err := Unmarshal(data, &got); err != nil || !reflect.DeepEqual(got, floats) {
			t.Errorf("room for %d: %v, %v", room, got, err)
		}
	}
}

// Fields without a key are zero, whatever lay where the slice has room.
func TestReadStructsInPlace(t *testing.T) {
	type order struct {
		Item  string `pickle:"item"`
		Count int    `pickle:"count"`
	}
	for used := range 3 {
		items := []order{{Item: "tea", Count: 2}, {Item: "milk", Count: 3}}[:used]
		err := Unmarshal([]byte("\x80\x04](}\x8c\x04item\x8c\x01as}\x8c\x05countK\x05se."), &items)
		if want := []order{{Item: "a"}, {Count: 5}}; err != nil || !reflect.DeepEqual(items, want) {
			t.Errorf("where %d were: %v, %v, want %v", used, items, err, want)
		}
	}
}

// What one pickle shares is not what the next one fills twice.
func TestReadAgainAfterSharing(t *testing.T) {
	type inner struct{ X int }
	type outer struct {
		A, B []int
		M, N map[string]int
		P, Q *inner
	}
	var v outer
	shared := "\x80\x04}(\x8c\x01A]\x94(K\x01K\x02e\x8c\x01Bh\x00\x8c\x01M}\x94\x8c\x01aK\x01s\x8c\x01Nh\x01\x8c\x01P}\x94\x8c\x01XK\x01s\x8c\x01Qh\x02u."
	if err := Unmarshal([]byte(shared), &v); err != nil {
		t.Fatal(err)
	}
	if &v.A[0] != &v.B[0] || v.P != v.Q {
		t.Fatalf("nothing is shared in %+v", v)
	}
	want := outer{[]int{3}, []int{4}, map[string]int{"a": 1, "b": 2}, map[string]int{"c": 3}, &inner{5}, &inner{6}}
	trees := []string{
		"\x80\x04}(\x8c\x01A]K\x03a\x8c\x01B]K\x04a\x8c\x01M}\x8c\x01bK\x02s\x8c\x01N}\x8c\x01cK\x03s\x8c\x01P}\x8c\x01XK\x05s\x8c\x01Q}\x8c\x01XK\x06su.",
		// with a GET, in two passes
		"\x80\x04}(\x8c\x01A](K\x03e\x8c\x01B](K\x04e\x8c\x01M}(\x8c\x01bK\x02u\x8c\x01N}(\x8c\x01cK\x03u\x8c\x01P}(\x8c\x01XK\x05u\x8c\x01Q}(\x8c\x01XK\x06u\x8c\x01Z]\x94\x8c\x01Zh\x00u.",
	}
	for _, tree := range trees {
		got := v
		got.M = map[string]int{"a": 1}
		got.N = got.M
		if err := Unmarshal([]byte(tree), &got); err != nil {
			t.Fatal(err)
		}
		if !reflect.DeepEqual(got, want) {
			t.Errorf("%q after what is shared: %+v %+v %+v, not %+v", tree, got, got.P, got.Q, want)
		}
		if err := Unmarshal([]byte(shared), &v); err != nil {
			t.Fatal(err)
		}
	}
}
