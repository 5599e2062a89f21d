package managers

import (
	"crypto/rand"
	"encoding/binary"
	"strconv"
	"sync"

	"github.com/brine-go/brine/pickle"
)

// An object is a Referent with an id. It lives while something refers to it:
// a client's proxy (refs), a reply that may not have been read yet (leases),
// or a proxy inside another live object.
type object struct {
	id     string
	typeid string
	ref    Referent

	// Guarded by objects.mu.
	refs    int
	leases  int
	nested  bool   // a proxy for it has been seen inside a value
	touched uint64 // grows with each of those, so that a sweep sees what it missed
}

// objects are a server's, by id.
type objects struct {
	mu    sync.RWMutex
	byID  map[string]*object
	byRef map[Referent]*object
	last  uint64 // id given; none is used twice, nor by another server

	nesting bool // a proxy has been seen inside a value

	close func(Closer) // starts its Close
}

func (os *objects) init() {
	os.byID = make(map[string]*object)
	os.byRef = make(map[Referent]*object)
	// Clients of a server that is gone still let go of its objects: at ours,
	// when it has the address. And another may have our port on its host.
	var random [8]byte
	rand.Read(random[:])
	os.last = 1<<47 | binary.NativeEndian.Uint64(random[:])>>18 // twelve digits, as Python's
}

// get finds an object by its id as it stands in a frame.
func (os *objects) get(id []byte) *object {
	os.mu.RLock()
	defer os.mu.RUnlock()
	return os.byID[string(id)]
}

// add counts a reference to ref, an object from now on if it was none.
func (os *objects) add(typeid string, ref Referent) *object {
	os.mu.Lock()
	defer os.mu.Unlock()
	o := os.byRef[ref]
	if o == nil {
		os.last++
		o = &object{id: strconv.FormatUint(os.last, 16), typeid: typeid, ref: ref}
		os.byID[o.id] = o
		os.byRef[ref] = o
	}
	o.refs++
	return o
}

// incref counts one more reference.
func (os *objects) incref(id string) bool {
	os.mu.Lock()
	defer os.mu.Unlock()
	o := os.byID[id]
	if o != nil {
		o.refs++
		o.touched++
	}
	return o != nil
}

// decref counts one less, and forgets what nothing refers to any more.
func (os *objects) decref(id string) error {
	os.mu.Lock()
	o := os.byID[id]
	if o == nil || o.refs == 0 {
		os.mu.Unlock()
		if o == nil {
			return pickle.KeyError.New(id)
		}
		return pickle.AssertionError.New("Id " + id + " has refcount 0, not 1+")
	}
	o.refs--
	sweep := os.unused(o)
	os.mu.Unlock()
	if sweep {
		os.sweep()
	}
	return nil
}

// unused drops o if it is certain that nothing refers to it. It returns true
// when only a sweep can tell.
func (os *objects) unused(o *object) (sweep bool) {
	if o.refs > 0 || o.leases > 0 {
		return false
	}
	if o.nested {
		return true
	}
	os.drop(o)
	_, holds := o.ref.(Holder) // perhaps the last proxy of another
	return holds && os.nesting
}

func (os *objects) drop(o *object) {
	delete(os.byID, o.id)
	delete(os.byRef, o.ref)
	if c, ok := o.ref.(Closer); ok {
		os.close(c)
	}
}

// clear drops all objects.
func (os *objects) clear() {
	os.mu.Lock()
	defer os.mu.Unlock()
	for _, o := range os.byID {
		os.drop(o)
	}
}

// lease keeps an object that a reply names until the client has had a chance
// to count its own reference.
func (os *objects) lease(o *object) {
	os.mu.Lock()
	defer os.mu.Unlock()
	o.leases++
	o.nested, os.nesting = true, true
	o.touched++
	if os.byID[o.id] == nil { // a proxy kept outside of every object
		os.byID[o.id], os.byRef[o.ref] = o, o
	}
}

func (os *objects) unlease(leased []*object) {
	os.mu.Lock()
	sweep := false
	for _, o := range leased {
		o.leases--
		sweep = os.unused(o) || sweep
	}
	os.mu.Unlock()
	if sweep {
		os.sweep()
	}
}

// sweep drops objects that nothing reaches from a client. Objects are looked
// into without os.mu, since they lock themselves and, while locked, call here;
// touched tells of whatever happened to one meanwhile.
func (os *objects) sweep() {
	reached := make(map[*object]bool)
	var todo []*object
	candidates := make(map[*object]uint64)
	os.mu.RLock()
	for _, o := range os.byID {
		if o.refs > 0 || o.leases > 0 {
			reached[o] = true
			todo = append(todo, o)
		} else {
			candidates[o] = o.touched
		}
	}
	os.mu.RUnlock()
	for len(todo) > 0 {
		o := todo[len(todo)-1]
		todo = todo[:len(todo)-1]
		for _, held := range heldBy(o) {
			if !reached[held] {
				reached[held] = true
				todo = append(todo, held)
			}
		}
	}
	os.mu.Lock()
	defer os.mu.Unlock()
	for o, touched := range candidates {
		if !reached[o] && o.refs == 0 && o.leases == 0 && o.touched == touched {
			os.drop(o)
		}
	}
}

// heldBy lists the objects that proxies inside o stand for.
func heldBy(o *object) []*object {
	h, ok := o.ref.(Holder)
	if !ok {
		return nil
	}
	var found []*object
	h.Held(func(v any) bool {
		proxies(v, func(p *ProxyRef) {
			if p.obj != nil {
				found = append(found, p.obj)
			}
		})
		return true
	})
	return found
}

// count is Python's number_of_objects.
func (os *objects) count() (n int) {
	os.mu.RLock()
	defer os.mu.RUnlock()
	for _, o := range os.byID {
		if o.refs > 0 {
			n++
		}
	}
	return n
}

// all lists the objects by id.
func (os *objects) all() []*object {
	os.mu.RLock()
	defer os.mu.RUnlock()
	list := make([]*object, 0, len(os.byID))
	for _, id := range sortedKeys(os.byID) {
		list = append(list, os.byID[id])
	}
	return list
}
