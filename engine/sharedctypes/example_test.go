package sharedctypes_test

import (
	"context"
	"fmt"
	"log"

	"github.com/brine-go/brine/engine"
	"github.com/brine-go/brine/engine/sharedctypes"
	"github.com/brine-go/brine/pickle"
)

// A Point is this class of the Python's, in a module named shapes:
//
//	class Point(ctypes.Structure):
//	    _fields_ = [("x", ctypes.c_double), ("y", ctypes.c_double)]
type Point struct{ X, Y float64 }

func ExampleRegisterStruct() {
	eng, err := engine.New(engine.Config{})
	if err != nil {
		log.Fatal(err)
	}
	defer eng.Close()
	sharedctypes.Register(eng)
	if err := sharedctypes.RegisterStruct[Point](eng, pickle.Global{Module: "shapes", Name: "Point"}); err != nil {
		log.Fatal(err)
	}
	p, err := sharedctypes.NewValue(eng, Point{1, 2})
	if err != nil {
		log.Fatal(err)
	}
	defer p.Close()
	ctx := context.Background()
	err = p.With(ctx, func(p *Point) { p.X += 10 }) // under the lock that Python takes, too
	fmt.Println(err)
	fmt.Println(p.Load(ctx))
	// Output:
	// <nil>
	// {11 2} <nil>
}
