package pickle_test

import (
	"context"
	"errors"
	"fmt"
	"log"
	"math"
	"os"

	"github.com/brine-go/brine/pickle"
)

// Money stands for a class of Python's with a constructor of its own.
type Money struct {
	Cents    int64
	Currency string
}

// Register makes a Go type stand for a Python class that is made by a call: Rebuild has
// its arguments, Reduce says how it leaves.
func ExampleRegister() {
	ctx := context.Background()
	registry := pickle.Stdlib()
	pickle.Register(registry, "shop.Money", pickle.Class[Money]{
		Reduce: func(_ context.Context, m Money) (*pickle.Object, error) {
			return &pickle.Object{
				Class: pickle.Global{Module: "shop", Name: "Money"},
				Args:  pickle.Tuple{m.Cents, m.Currency},
			}, nil
		},
		Rebuild: func(_ context.Context, args pickle.Tuple, _ *pickle.Dict) (Money, error) {
			if len(args) != 2 {
				return Money{}, pickle.ErrUnclaimed // it stays an *Object
			}
			cents, err := pickle.As[int64](args[0])
			currency, err2 := pickle.As[string](args[1])
			return Money{cents, currency}, errors.Join(err, err2)
		},
	})
	codec := pickle.Codec{Registry: registry}

	data, err := codec.Marshal(ctx, []any{Money{250, "EUR"}})
	if err != nil {
		log.Fatal(err)
	}
	var prices []Money
	if err := codec.Unmarshal(ctx, data, &prices); err != nil {
		log.Fatal(err)
	}
	fmt.Println(prices)
	// Output: [{250 EUR}]
}

// A function that pickles call may be one of Go's. What is not registered is never run.
func ExampleRegister_function() {
	ctx := context.Background()
	registry := new(pickle.Registry)
	pickle.Register(registry, "math.hypot", pickle.Class[float64]{
		Rebuild: func(_ context.Context, args pickle.Tuple, _ *pickle.Dict) (float64, error) {
			sides, err := pickle.As[[]float64](args)
			if err != nil || len(sides) != 2 {
				return 0, pickle.TypeError.New("hypot takes two numbers")
			}
			return math.Hypot(sides[0], sides[1]), nil
		},
	})
	// an object whose __reduce__ returns (math.hypot, (3, 4)), and one with (os.system, ("ls",))
	data := []byte("](cmath\nhypot\nK\x03K\x04\x86Rcos\nsystem\nVls\n\x85Re.")
	v, err := pickle.Codec{Registry: registry}.Decode(ctx, data)
	if err != nil {
		log.Fatal(err)
	}
	items := v.(*pickle.List).Items
	fmt.Printf("%v %T\n", items[0], items[1])
	// Output: 5 *pickle.Object
}

// An Enum is registered with its members.
func ExampleRegisterEnum() {
	ctx := context.Background()
	type Color int
	const (
		Red Color = iota + 1
		Green
	)
	registry := new(pickle.Registry)
	pickle.RegisterEnum(registry, "app.Color", map[string]Color{"RED": Red, "GREEN": Green})

	var colors []Color
	data := []byte("](capp\nColor\nK\x01\x85Rcapp\nColor\nK\x02\x85Re.") // [Color.RED, Color.GREEN]
	if err := (pickle.Codec{Registry: registry}).Unmarshal(ctx, data, &colors); err != nil {
		log.Fatal(err)
	}
	fmt.Println(colors[0] == Red, colors[1] == Green)
	// Output: true true
}

// Persistent ids name what is not in the pickle, such as rows of a database: here a
// Python's Pickler.persistent_id returned ("user", 7).
func ExampleCodec_persistentID() {
	ctx := context.Background()
	users := map[int64]string{7: "Ann"}
	codec := pickle.Codec{
		PersistentLoad: func(_ context.Context, id any) (any, error) {
			var key struct {
				_     struct{} `pickle:",tuple"`
				Table string
				Row   int64
			}
			if err := (pickle.Codec{}).Assign(ctx, &key, id); err != nil || key.Table != "user" {
				return nil, fmt.Errorf("no persistent id of ours: %v", id)
			}
			return users[key.Row], nil
		},
	}
	data, err := codec.Marshal(ctx, []any{"for", pickle.PersistentID{ID: pickle.Tuple{"user", int64(7)}}})
	if err != nil {
		log.Fatal(err)
	}
	var words []string
	if err := codec.Unmarshal(ctx, data, &words); err != nil {
		log.Fatal(err)
	}
	fmt.Println(words)
	fmt.Println(pickle.Unmarshal(data, &words)) // without PersistentLoad
	// Output:
	// [for Ann]
	// pickle: BINPERSID at 18: a persistent id that nobody resolves
}

// At protocol 5 large memory may travel beside the pickle, without a copy (PEP 574). In
// Python this is pickle.dumps(v, 5, buffer_callback=…) and pickle.loads(data, buffers=…).
func ExampleCodec_outOfBand() {
	ctx := context.Background()
	image := []byte{1, 2, 3, 4}
	var beside [][]byte
	sender := pickle.Codec{
		Protocol:  pickle.Protocol5,
		OutOfBand: func(b *pickle.Buffer) bool { beside = append(beside, b.Bytes); return true },
	}
	data, err := sender.Marshal(ctx, map[string]any{"pixels": &pickle.Buffer{Bytes: image}})
	if err != nil {
		log.Fatal(err)
	}
	var message struct {
		Pixels []byte `pickle:"pixels"`
	}
	receiver := pickle.Codec{Buffers: beside}
	if err := receiver.Unmarshal(ctx, data, &message); err != nil {
		log.Fatal(err)
	}
	fmt.Println(len(beside), message.Pixels)
	// Output: 1 [1 2 3 4]
}

// A value of any class goes on to an older Python, as it came.
func ExampleCodec_Recode() {
	ctx := context.Background()
	data := []byte("\x80\x04\x8c\x04shop\x8c\x05Money\x93K\x05\x8c\x03EUR\x86R.")
	old, _, err := pickle.Codec{Protocol: pickle.Protocol2}.Recode(ctx, nil, data)
	fmt.Printf("%q %v\n", old, err)
	// Output: "\x80\x02cshop\nMoney\nq\x00K\x05X\x03\x00\x00\x00EURq\x01\x86q\x02R." <nil>
}

// What no Registry knows is an *Object: how it is made, and what is done to it then.
func ExampleObject() {
	ctx := context.Background()
	// c = shop.Customer("Ann"); c.age = 41
	data := []byte("cshop\nCustomer\nVAnn\n\x85R}Vage\nK\x29sb.")
	v, err := pickle.Codec{}.Decode(ctx, data)
	if err != nil {
		log.Fatal(err)
	}
	customer := v.(*pickle.Object)
	fmt.Println(customer.Class, customer.Args)
	for _, op := range customer.Ops {
		if op.Kind == pickle.Build {
			state, err := pickle.Repr(op.Items[0])
			fmt.Println(state, err)
		}
	}
	// Output:
	// shop.Customer [Ann]
	// {'age': 41} <nil>
}

// Limits bound what a peer's bytes may cost. Errors say which opcode, and where.
func ExampleLimits() {
	ctx := context.Background()
	codec := pickle.Codec{Limits: pickle.Limits{Depth: 100}}
	deep := make([]byte, 1000)
	for i := range deep {
		deep[i] = '(' // MARK
	}
	_, err := codec.Decode(ctx, append(deep, 't', '.'))
	var limit *pickle.LimitError
	fmt.Println(err, errors.As(err, &limit))

	_, err = codec.Decode(ctx, []byte("\x80\x04]h\x03."))
	fmt.Println(err, errors.Is(err, pickle.ErrMemo))
	// Output:
	// pickle: MARK at 100: more than the limit of 100 (Depth) true
	// pickle: BINGET at 3: no memo entry 3 true
}

// Imports tells what a Python would import to load a pickle, without doing it.
func ExampleImports() {
	imports, _, err := pickle.Imports([]byte("cos\nsystem\nVls\n\x85R."))
	for _, i := range imports {
		fmt.Println(i.Global, i.Offset, i.Called, pickle.Judge(i.Global), err)
	}
	// Output: os.system 0 16 DANGEROUS <nil>
}

// Dis shows the opcodes of a pickle.
func ExampleDis() {
	if _, err := pickle.Dis(os.Stdout, []byte("\x80\x04](K\x01K\x02e."), pickle.DisOptions{}); err != nil {
		log.Fatal(err)
	}
	// Output:
	//     0: \x80 PROTO      4
	//     2: ]    EMPTY_LIST                        list of 0
	//     3: (    MARK
	//     4: K        BININT1    1                  int
	//     6: K        BININT1    2                  int
	//     8: e        APPENDS    (MARK at 3)        now list of 2
	//     9: .    STOP                              returns list of 2
	// highest protocol among opcodes = 2
	// 10 bytes, 7 opcodes, 0 memo entries; list of 2
}

// WriteJSON shows the value of a pickle to programs that know none.
func ExampleWriteJSON() {
	data := []byte("\x80\x04}(\x8c\x01aK\x01K\x02\x86\x8c\x01bC\x02\x00\x01u.") // {"a": (1, 2), "b": b"\0\1"}
	if _, err := pickle.WriteJSON(os.Stdout, data); err != nil {
		log.Fatal(err)
	}
	// Output: {"a": {"$tuple": [1, 2]}, "b": {"$bytes": "AAE="}}
}

// A View looks at a message without building it: no memory is allocated.
func ExampleView() {
	// ("append", (42,), {}), as a request may look
	data := []byte("\x80\x04\x8c\x06appendK\x2a\x85}\x87.")
	var view pickle.View
	if err := view.Scan(data, pickle.Limits{}); err != nil {
		log.Fatal(err)
	}
	method, _ := view.Text(view.At(0))
	n, ok := view.Int(view.Children(1)[0])
	fmt.Println(string(method), n, ok)
	// Output: append 42 true
}
