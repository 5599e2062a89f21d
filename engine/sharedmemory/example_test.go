package sharedmemory_test

import (
	"fmt"
	"log"

	"github.com/brine-go/brine/engine"
	"github.com/brine-go/brine/engine/sharedmemory"
)

// In Python, numpy.ndarray(3, buffer=SharedMemory(name).buf) is the same three
// numbers.
func ExampleView() {
	eng, err := engine.New(engine.Config{})
	if err != nil {
		log.Fatal(err)
	}
	defer eng.Close()
	memory, err := sharedmemory.Create(eng, "", 3*8)
	if err != nil {
		log.Fatal(err)
	}
	defer memory.Close()
	numbers, err := sharedmemory.View[float64](memory, 0, 3)
	if err != nil {
		log.Fatal(err)
	}
	numbers[1] = 0.5

	other, err := sharedmemory.Open(eng, memory.Name()) // as another process does
	if err != nil {
		log.Fatal(err)
	}
	defer other.Close()
	same, err := sharedmemory.View[float64](other, 0, 3)
	fmt.Println(same, err)
	// Output: [0 0.5 0] <nil>
}

func ExampleShareableList() {
	eng, err := engine.New(engine.Config{})
	if err != nil {
		log.Fatal(err)
	}
	defer eng.Close()
	list, err := sharedmemory.NewShareableList(eng, "example-list", sharedmemory.Offsets, 7, "a", nil)
	if err != nil {
		log.Fatal(err)
	}
	defer list.Memory().Close()
	fmt.Println(list.Set(1, "né"))
	fmt.Println(list.Set(1, "too long for its cell"))
	fmt.Println(list)
	// Output:
	// <nil>
	// ValueError: bytes/str item exceeds available storage
	// ShareableList([7, 'né', None], name='example-list')
}
