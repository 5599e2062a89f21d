package numpy

import (
	"context"
	"fmt"
	"reflect"

	"github.com/brine-go/brine/pickle"
)

// A Scalar is an item by itself, such as numpy.float64(1.5) or numpy.datetime64("now").
type Scalar struct {
	Dtype *Dtype
	Data  []byte // len is Dtype.Size
}

// NewScalar returns a number as numpy's scalar of its type.
func NewScalar[T Number](v T) *Scalar {
	a := New(nil, []T{v})
	return &Scalar{a.Dtype, a.Data}
}

// array returns the scalar as an array of no dimensions.
func (s *Scalar) array() *Array { return &Array{Dtype: s.Dtype, Data: s.Data, ReadOnly: true} }

// Value returns the item as Array.Item does.
func (s *Scalar) Value() (any, error) { return s.array().Item(0) }

// String returns the value for messages.
func (s *Scalar) String() string {
	v, err := s.Value()
	if err != nil {
		return fmt.Sprintf("%v %x", s.Dtype, s.Data)
	}
	return fmt.Sprint(v)
}

// AssignPickle stores the value in a variable that holds it, as a number of Python's
// would be stored.
func (s *Scalar) AssignPickle(ptr any, _ func(bytes int) error) (ok bool, err error) {
	v, err := s.Value()
	if err != nil {
		return false, nil
	}
	dst := reflect.ValueOf(ptr).Elem()
	if b, ok := v.([]byte); ok && s.Dtype.Kind == 'S' && dst.Kind() == reflect.String {
		v = string(b)
	}
	return assign(dst, v), nil
}

// DescribePickle names the scalar in errors, a number with its value.
func (s *Scalar) DescribePickle() string {
	d := s.Dtype
	if d == nil || d.Kind != 'b' && d.Kind != 'i' && d.Kind != 'u' && d.Kind != 'f' && d.Kind != 'c' {
		return "a numpy scalar of " + d.name()
	}
	return fmt.Sprintf("numpy.%s %v", d.word(), s)
}

// rebuildScalar reads scalar(dtype, bytes). Below protocol 3 the bytes may be a str.
func rebuildScalar(_ context.Context, args pickle.Tuple, _ *pickle.Dict) (*Scalar, error) {
	if len(args) != 2 {
		return nil, pickle.ErrUnclaimed
	}
	dtype, ok := args[0].(*Dtype)
	if !ok || dtype.hasObjects() {
		return nil, pickle.ErrUnclaimed
	}
	s := &Scalar{Dtype: dtype}
	switch b := args[1].(type) {
	case []byte:
		s.Data = b
	case pickle.ByteString:
		s.Data = []byte(b)
	default:
		return nil, pickle.ErrUnclaimed
	}
	if len(s.Data) != dtype.Size {
		return nil, fmt.Errorf("numpy: a scalar of %v has %d bytes", dtype, len(s.Data))
	}
	dtype.use()
	return s, nil
}

func reduceScalar(_ context.Context, s *Scalar) (*pickle.Object, error) {
	if s.Dtype == nil || len(s.Data) != s.Dtype.Size || s.Dtype.hasObjects() {
		return nil, fmt.Errorf("numpy: a scalar of %v has %d bytes", s.Dtype, len(s.Data))
	}
	return &pickle.Object{
		How: pickle.Reduce, Class: pickle.Global{Module: "numpy.core.multiarray", Name: "scalar"},
		Args: pickle.Tuple{s.Dtype, s.Data},
	}, nil
}

// MarshalPickle writes the scalar for a codec that does not know numpy.
func (s *Scalar) MarshalPickle() (any, error) { return reduceScalar(context.Background(), s) }

// UnmarshalPickle takes a scalar from a codec that knows numpy.
func (s *Scalar) UnmarshalPickle(v any) error {
	b, ok := v.(*Scalar)
	if !ok {
		return fmt.Errorf("numpy: %s is no scalar; does the codec's Registry know numpy?", pickle.TypeName(v))
	}
	*s = *b
	return nil
}
