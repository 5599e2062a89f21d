package pickle_test

import (
	"context"
	"fmt"
	"log"

	"github.com/brine-go/brine/pickle"
)

// What gopickle is told by FindClass, a Registry knows: here that instances of shop.Order
// are *Orders. Classes that it does not know come as an *Object and need nothing.
func Example_fromGopickle() {
	type Order struct {
		Item  string
		Count int
	}
	var registry pickle.Registry
	pickle.RegisterStruct[Order](&registry, "shop.Order")

	// [shop.Order(item="tea", count=2), shop.Customer("Ann")]
	data := []byte("\x80\x04](\x8c\x04shop\x8c\x05Order\x93)\x81}(\x8c\x04item\x8c\x03tea\x8c\x05countK\x02ub" +
		"\x8c\x04shop\x8c\x08Customer\x93\x8c\x03Ann\x85Re.")
	v, err := pickle.Codec{Registry: &registry}.Decode(context.Background(), data)
	if err != nil {
		log.Fatal(err)
	}
	items := v.(*pickle.List).Items
	customer := items[1].(*pickle.Object)
	fmt.Printf("%+v\n%v%v\n", items[0], customer.Class, customer.Args)
	// Output:
	// &{Item:tea Count:2}
	// shop.Customer[Ann]
}

// UnpackInto(&v).From(Unpickle(r)) of stalecucumber is Unmarshal, with the same tags.
func Example_fromStalecucumber() {
	// [{"apple": 1, "Dog": 42.0}, {"apple": 2, "Dog": None}]
	data := []byte("\x80\x02](}(X\x05\x00\x00\x00appleK\x01X\x03\x00\x00\x00DogG@E\x00\x00\x00\x00\x00\x00u" +
		"}(X\x05\x00\x00\x00appleK\x02X\x03\x00\x00\x00DogNue.")
	var rows []struct {
		Apples int `pickle:"apple"`
		Dog    *float64
	}
	if err := pickle.Unmarshal(data, &rows); err != nil {
		log.Fatal(err)
	}
	fmt.Println(rows[0].Apples, *rows[0].Dog, rows[1].Apples, rows[1].Dog == nil)
	// Output: 1 42 2 true
}
