package interop

import (
	"encoding/hex"
	"fmt"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"github.com/brine-go/brine/pickle"
	"github.com/brine-go/brine/tests/harness"
)

type plainObject struct {
	_     struct{} `pickle:",class=classes.Plain"`
	Name  string   `pickle:"name"`
	Count any      `pickle:"count"`
}

type plainTree struct {
	_     struct{}   `pickle:",class=classes.Plain"`
	Name  string     `pickle:"name"`
	Count *plainTree `pickle:"count"`
}

type row struct {
	_      struct{} `pickle:",class=classes.Row,tuple"`
	Number int      `pickle:"number"`
	Name   string   `pickle:"name"`
	Score  float64  `pickle:"score"`
}

type fields struct {
	Name  string `pickle:"name"`
	Count int    `pickle:"count"`
}

type couple struct {
	_     struct{} `pickle:",tuple"`
	Name  string
	Count int
}

type slots struct {
	_     struct{} `pickle:",class=classes.Slots,slots"`
	Name  string   `pickle:"name"`
	Count int      `pickle:"count"`
}

type item struct {
	_     struct{} `pickle:",class=newclasses.Item"`
	Name  string   `pickle:"name"`
	Price float64  `pickle:"price"`
}

type order struct {
	_        struct{} `pickle:",class=newclasses.Order"`
	Number   int32    `pickle:"number"`
	Customer *string  `pickle:"customer"`
	Items    []*item  `pickle:"items"`
	Best     *item    `pickle:"best"`
}

type frozen struct {
	_     struct{} `pickle:",class=newclasses.Frozen"`
	Name  string   `pickle:"name"`
	Count int      `pickle:"count"`
}

type point struct {
	_    struct{} `pickle:",class=newclasses.Point,tuple"`
	X, Y int
}

type slotted struct {
	_     struct{} `pickle:",class=newclasses.Slotted,slots"`
	Name  string   `pickle:"name"`
	Count int      `pickle:"count"`
}

type frozenSlots struct {
	_     struct{} `pickle:",class=newclasses.FrozenSlots,slots,frozen"`
	Name  string   `pickle:"name"`
	Count int      `pickle:"count"`
}

// classValues are what the values of classes.py are in Go; those of a length only are
// compared by that.
var classValues = map[string]any{
	"plain":       plainObject{Name: "tea", Count: int64(2)},
	"nested":      []plainTree{{Name: "tea", Count: &plainTree{Name: "cup"}}, {Name: "milk"}},
	"row":         row{Number: 1, Name: "one", Score: .5},
	"rows":        rows(2000),
	"dict":        fields{"tea", 2},
	"tuple":       couple{Name: "tea", Count: 2},
	"slots":       slots{Name: "tea", Count: 2},
	"order":       order{Number: 7, Items: []*item{&tea, {Name: "milk", Price: 1}}, Best: &tea},
	"orders":      orders(50),
	"frozen":      frozen{Name: "tea", Count: 2},
	"point":       point{X: 1, Y: -2},
	"slotted":     slotted{Name: "tea", Count: 2},
	"frozenslots": frozenSlots{Name: "tea", Count: 2},
}

var tea = item{Name: "tea", Price: 2.5}

func rows(n int) (all []row) {
	for i := range n {
		all = append(all, row{Number: i, Name: fmt.Sprint("row", i), Score: float64(i) / 7})
	}
	return all
}

func orders(n int) (all []order) {
	for i := range n {
		c := fmt.Sprint("c", i)
		o := order{Number: int32(i), Customer: &c, Items: []*item{}}
		for range i % 3 {
			o.Items = append(o.Items, &tea)
		}
		all = append(all, o)
	}
	return all
}

// TestClasses reads instances of Python classes into structs and writes those as
// instances again, at every protocol that the Python has.
func TestClasses(t *testing.T) {
	harness.EachPython(t, func(t *testing.T, py harness.Python) {
		python := py.Start(t, filepath.Join("python", "classes.py"))
		highest := pickle.Protocol5
		switch {
		case !py.AtLeast(3, 0):
			highest = pickle.Protocol2
		case !py.AtLeast(3, 8):
			highest = pickle.Protocol4
		}
		for _, name := range strings.Fields(python.Ask(t, "names")) {
			for p := pickle.Protocol(0); p <= highest; p++ {
				version, protocol := p, p
				if p == 0 {
					protocol = pickle.Protocol0
				}
				if strings.HasSuffix(strings.ToLower(name), "slots") && version < 2 || name == "slotted" && version < 2 {
					continue // Python refuses
				}
				checkClass(t, python, !py.AtLeast(3, 0), name, int(version), protocol)
			}
		}
	})
}

func checkClass(t *testing.T, python *harness.Peer, python2 bool, name string, version int, protocol pickle.Protocol) {
	t.Helper()
	want, ok := classValues[name]
	if !ok {
		t.Fatalf("%s has no Go value", name)
	}
	data, err := hex.DecodeString(python.Ask(t, fmt.Sprint("dump ", name, " ", version)))
	if err != nil {
		t.Fatal(err)
	}
	got := reflect.New(reflect.TypeOf(want))
	if err := pickle.Unmarshal(data, got.Interface()); err != nil {
		t.Errorf("%s at protocol %d: %v", name, version, err)
		return
	}
	if v := got.Elem().Interface(); !reflect.DeepEqual(v, want) {
		t.Errorf("%s at protocol %d: got %+v, want %+v", name, version, v, want)
	}
	codec := pickle.Codec{Protocol: protocol, Dialect: pickle.Dialect{Python2: python2}}
	again, err := codec.Marshal(t.Context(), got.Elem().Interface())
	if err != nil {
		t.Errorf("%s at protocol %d: %v", name, version, err)
		return
	}
	if got := python.Ask(t, fmt.Sprintf("same %s %x", name, again)); got != "True" {
		t.Errorf("%s at protocol %d was written as %q, which Python says is the same: %s", name, version, again, got)
	}
}
