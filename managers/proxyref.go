package managers

import "github.com/brine-go/brine/pickle"

// A ProxyRef is a proxy as a value: what Python's RebuildProxy makes. It stays
// a proxy when it is stored and leaves as one.
type ProxyRef struct {
	Func  any // the proxy class, or the function AutoProxy
	Token Token
	Kwds  *pickle.Dict

	serializer string
	obj        *object // nil where another manager owns it
}

// Referent returns the object that p stands for, nil if another manager owns it.
func (p *ProxyRef) Referent() Referent {
	if p.obj == nil {
		return nil
	}
	return p.obj.ref
}
