package reduction

import "github.com/brine-go/brine/pickle"

// Register has what this package knows leave and arrive under Python's names;
// s shares the descriptors that leave outside of a start.
func Register(r *pickle.Registry, s *Sharer) {
	registerDupFD(r, s)
}
