package pickle_test

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"log"
	"os"
	"path/filepath"

	"github.com/brine-go/brine/pickle"
)

// A file whose contents nobody described is read into a variable of type any. Repr shows
// it as Python would, As takes from it what is wanted.
func Example_readFile() {
	// with open("stock.pickle", "wb") as f: pickle.dump({"tea": (2, 1.5)}, f)
	name := filepath.Join(os.TempDir(), "stock.pickle")
	if err := os.WriteFile(name, []byte("\x80\x04}\x8c\x03teaK\x02G?\xf8\x00\x00\x00\x00\x00\x00\x86s."), 0o600); err != nil {
		log.Fatal(err)
	}
	defer os.Remove(name)

	data, err := os.ReadFile(name)
	if err != nil {
		log.Fatal(err)
	}
	var v any
	if err := pickle.Unmarshal(data, &v); err != nil {
		log.Fatal(err)
	}
	text, err := pickle.Repr(v)
	if err != nil {
		log.Fatal(err)
	}
	prices, err := pickle.As[map[string][]float64](v)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(text, prices["tea"][1])
	// Output: {'tea': (2, 1.5)} 1.5
}

// A file for Python: with open(name, "rb") as f, each pickle.load(f) returns the next
// order, a dict. Here Go reads them again.
func Example_writeFile() {
	type order struct {
		Item  string `pickle:"item"`
		Count int    `pickle:"count"`
	}
	f, err := os.CreateTemp("", "orders-*.pickle")
	if err != nil {
		log.Fatal(err)
	}
	defer os.Remove(f.Name())
	defer f.Close()

	out := bufio.NewWriter(f)
	encoder := pickle.NewEncoder(out)
	for _, o := range []order{{"tea", 2}, {"milk", 1}} {
		if err := encoder.Encode(o); err != nil {
			log.Fatal(err)
		}
	}
	if err := out.Flush(); err != nil {
		log.Fatal(err)
	}

	if _, err := f.Seek(0, io.SeekStart); err != nil {
		log.Fatal(err)
	}
	for decoder := pickle.NewDecoder(f); ; {
		var o order
		err := decoder.Decode(&o)
		if err == io.EOF {
			break
		}
		if err != nil {
			log.Fatal(err)
		}
		fmt.Println(o.Item, o.Count)
	}
	// Output:
	// tea 2
	// milk 1
}

// A pickle for Python 2.7 has protocol 2, and the names that things have there.
func ExampleDialect() {
	old := pickle.Codec{Protocol: pickle.Protocol2, Dialect: pickle.Dialect{Python2: true}}
	data, err := old.Marshal(context.Background(), pickle.Tuple{"text", []byte("str"), pickle.Global{Module: "builtins", Name: "range"}})
	if err != nil {
		log.Fatal(err)
	}
	fmt.Printf("%q\n", data)
	// Output: "\x80\x02X\x04\x00\x00\x00textU\x03strc__builtin__\nxrange\n\x87."
}

// Before a pickle from elsewhere is handed to a Python, everything that it would import is
// judged: what is not harmless may run code there.
func ExampleJudge() {
	data := []byte("\x80\x02](cdatetime\ndate\nU\x04\x07\xe8\x02\x1d\x85Rcos\nsystem\nU\x02ls\x85Re.")
	imports, _, err := pickle.Imports(data)
	if err != nil {
		log.Fatal(err)
	}
	for _, i := range imports {
		if pickle.Judge(i.Global) != pickle.Harmless {
			fmt.Println(i)
		}
	}
	// Output: imports os.system at 27, calls it at 43
}
