package pickle_test

import (
	"bytes"
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"log"
	"time"

	"github.com/brine-go/brine/pickle"
)

// fromPython returns what a Python wrote, as pickle.dumps(…).hex() shows it.
func fromPython(digits string) []byte {
	data, err := hex.DecodeString(digits)
	if err != nil {
		log.Fatal(err)
	}
	return data
}

// A dict becomes a struct, by the names in the tags.
func ExampleUnmarshal() {
	// {"name": "tea", "price": 2.5, "tags": ["hot", "green"], "origin": None}
	data := fromPython("80049546000000000000007d94288c046e616d65948c03746561948c05707269636594474004000000000000" +
		"8c0474616773945d94288c03686f74948c05677265656e94658c066f726967696e944e752e")

	var item struct {
		Name   string   `pickle:"name"`
		Price  float64  `pickle:"price"`
		Tags   []string `pickle:"tags"`
		Origin *string  `pickle:"origin"` // None is nil
	}
	if err := pickle.Unmarshal(data, &item); err != nil {
		log.Fatal(err)
	}
	fmt.Println(item.Name, item.Price, item.Tags, item.Origin == nil)
	// Output: tea 2.5 [hot green] true
}

// A struct with a class in the tag of its field _ stands for instances of that class: a
// dataclass, or any whose instances are nothing but attributes.
func ExampleMarshal_dataclass() {
	// @dataclass
	// class Order:
	//     number: int
	//     item: str
	type Order struct {
		_      struct{} `pickle:",class=shop.Order"`
		Number int      `pickle:"number"`
		Item   string   `pickle:"item"`
	}
	data, err := pickle.Marshal([]Order{{Number: 1, Item: "tea"}, {Number: 2, Item: "milk"}})
	if err != nil {
		log.Fatal(err)
	}
	var orders []Order
	if err := pickle.Unmarshal(data, &orders); err != nil {
		log.Fatal(err)
	}
	fmt.Println(orders[1].Number, orders[1].Item)
	// Output: 2 milk
}

// With the option tuple, fields are the items of a tuple, or of a namedtuple if there is
// a class.
func ExampleMarshal_namedtuple() {
	type Point struct {
		_    struct{} `pickle:",class=geo.Point,tuple"`
		X, Y int
	}
	data, err := pickle.Marshal(Point{X: 1, Y: 2})
	if err != nil {
		log.Fatal(err)
	}
	fmt.Printf("%q\n", data)
	// Output: "\x80\x04\x8c\x03geo\x8c\x05Point\x93K\x01K\x02\x86\x81."
}

// Classes of the standard library become Go's own types where a variable asks for them.
func ExampleUnmarshal_datetime() {
	// {"at": datetime(2024, 2, 29, 12, 30), "took": timedelta(seconds=90)}
	data := []byte("\x80\x03}(X\x02\x00\x00\x00atcdatetime\ndatetime\nC\x0a\x07\xe8\x02\x1d\x0c\x1e\x00\x00\x00\x00\x85R" +
		"X\x04\x00\x00\x00tookcdatetime\ntimedelta\nK\x00K\x5aK\x00\x87Ru.")
	var event struct {
		At   time.Time     `pickle:"at"`
		Took time.Duration `pickle:"took"`
	}
	if err := pickle.Unmarshal(data, &event); err != nil {
		log.Fatal(err)
	}
	fmt.Println(event.At, event.Took)
	// Output: 2024-02-29 12:30:00 +0000 UTC 1m30s
}

// Errors tell the way to the value that does not fit, and where in the pickle it is.
func ExampleUnmarshalTypeError() {
	data, _ := pickle.Marshal(map[string]any{"orders": []any{map[string]any{"price": "free"}}})
	var shop struct {
		Orders []struct {
			Price float64 `pickle:"price"`
		} `pickle:"orders"`
	}
	err := pickle.Unmarshal(data, &shop)
	fmt.Println(err)
	var mismatch *pickle.UnmarshalTypeError
	if errors.As(err, &mismatch) {
		fmt.Println(mismatch.Field, mismatch.Value, mismatch.Type)
	}
	// Output:
	// pickle: cannot unmarshal str into a Go value of type float64, in orders[0].price, at 20
	// orders[0].price str float64
}

// Pickles follow each other in a stream.
func ExampleDecoder() {
	var stream bytes.Buffer
	encoder := pickle.NewEncoder(&stream)
	for _, word := range []string{"one", "two", "three"} {
		if err := encoder.Encode(word); err != nil {
			log.Fatal(err)
		}
	}
	decoder := pickle.NewDecoder(&stream)
	for {
		var word string
		err := decoder.Decode(&word)
		if err == io.EOF {
			break
		}
		if err != nil {
			log.Fatal(err)
		}
		fmt.Println(word, decoder.InputOffset())
	}
	// Output:
	// one 8
	// two 16
	// three 26
}

// Items goes through a list without holding all of it.
func ExampleItems() {
	data, _ := pickle.Marshal([]int{3, 1, 4, 1, 5})
	sum := 0
	for n, err := range pickle.Items[int](data) {
		if err != nil {
			log.Fatal(err)
		}
		sum += n
	}
	fmt.Println(sum)
	// Output: 14
}

// Entries goes through a dict without holding all of it.
func ExampleEntries() {
	data := []byte("\x80\x04}(\x8c\x03teaK\x02\x8c\x04milkK\x01u.")
	for e, err := range pickle.Entries[string, int](data) {
		if err != nil {
			log.Fatal(err)
		}
		fmt.Println(e.Key, e.Value)
	}
	// Output:
	// tea 2
	// milk 1
}

// A field that is a Raw keeps its value as it came, to be read later or passed on.
func ExampleRaw() {
	data, _ := pickle.Marshal(map[string]any{"kind": "sum", "body": []int{1, 2, 3}})
	var message struct {
		Kind string     `pickle:"kind"`
		Body pickle.Raw `pickle:"body"`
	}
	if err := pickle.Unmarshal(data, &message); err != nil {
		log.Fatal(err)
	}
	body, err := pickle.Marshal(message.Body)
	if err != nil {
		log.Fatal(err)
	}
	var numbers []int
	if err := pickle.Unmarshal(body, &numbers); err != nil {
		log.Fatal(err)
	}
	fmt.Println(message.Kind, numbers)
	// Output: sum [1 2 3]
}

// Celsius leaves as the call units.Celsius(21.5), and is read from one.
type Celsius float64

func (c Celsius) MarshalPickle() (any, error) {
	return &pickle.Object{
		Class: pickle.Global{Module: "units", Name: "Celsius"},
		Args:  pickle.Tuple{float64(c)},
	}, nil
}

func (c *Celsius) UnmarshalPickle(v any) error {
	o, ok := v.(*pickle.Object)
	if !ok {
		return errors.New("no Celsius")
	}
	args, err := pickle.As[[]float64](o.Args)
	if err != nil || len(args) != 1 {
		return errors.New("Celsius takes one float")
	}
	*c = Celsius(args[0])
	return nil
}

// A type may be written as a call of a Python class, and read from one.
func ExampleMarshaler() {
	data, err := pickle.Marshal([]Celsius{21.5})
	if err != nil {
		log.Fatal(err)
	}
	var back []Celsius
	if err := pickle.Unmarshal(data, &back); err != nil {
		log.Fatal(err)
	}
	fmt.Println(back)
	// Output: [21.5]
}

// With RegisterStruct a class is known wherever the Registry is, also to variables of
// type any.
func ExampleRegisterStruct() {
	type Point struct {
		X int `pickle:"x"`
		Y int `pickle:"y"`
	}
	registry := new(pickle.Registry)
	pickle.RegisterStruct[Point](registry, "geo.Point")
	codec := pickle.Codec{Registry: registry}

	data, err := codec.Marshal(context.Background(), []any{&Point{1, 2}, "here"})
	if err != nil {
		log.Fatal(err)
	}
	var values []any
	if err := codec.Unmarshal(context.Background(), data, &values); err != nil {
		log.Fatal(err)
	}
	fmt.Println(values[0].(*Point).Y, values[1])
	// Output: 2 here
}
