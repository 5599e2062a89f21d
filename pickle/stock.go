package pickle

// A stock is zero memory for the items of slices: short ones that are parts of other
// values share an allocation, those of pickles that follow each other too.
type stock[T any] struct{ free []T }

const (
	stockItems = 64
	fewItems   = 8
)

// take returns n items.
func (s *stock[T]) take(n int) []T {
	if len(s.free) < n {
		s.free = make([]T, stockItems)
	}
	taken := s.free[:n:n]
	s.free = s.free[n:]
	return taken
}

// stocks are for the kinds of items that short slices mostly have.
type stocks struct {
	strings stock[string]
	numbers stock[int64]
	slices  stock[sliceHeader]
}
