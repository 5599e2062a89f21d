package main

import (
	"container/list"
	"fmt"
	"sync"

	"github.com/brine-go/brine/pickle"
)

// A Cache keeps the values that were used last. It knows nothing of Python;
// only a missing key is Python's KeyError.
type Cache struct {
	size int

	mu           sync.Mutex
	order        *list.List // of entries, the one used last in front
	byKey        map[string]*list.Element
	hits, misses int
}

type entry struct {
	key   string
	value any
}

// NewCache returns a cache for as many values as size says.
func NewCache(size int) (*Cache, error) {
	if size < 1 {
		return nil, pickle.ValueError.New(fmt.Sprintf("a cache of %d values keeps nothing", size))
	}
	return &Cache{size: size, order: list.New(), byKey: make(map[string]*list.Element)}, nil
}

// Get returns the value of a key.
func (c *Cache) Get(key string) (any, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	e, ok := c.byKey[key]
	if !ok {
		c.misses++
		return nil, pickle.KeyError.New(key)
	}
	c.hits++
	c.order.MoveToFront(e)
	return e.Value.(*entry).value, nil
}

// Put sets the value of a key, and forgets the value that was used least
// recently when there are too many.
func (c *Cache) Put(key string, value any) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if e, ok := c.byKey[key]; ok {
		e.Value.(*entry).value = value
		c.order.MoveToFront(e)
		return
	}
	c.byKey[key] = c.order.PushFront(&entry{key, value})
	if len(c.byKey) > c.size {
		oldest := c.order.Remove(c.order.Back()).(*entry)
		delete(c.byKey, oldest.key)
	}
}

// Has tells whether a key has a value.
func (c *Cache) Has(key string) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.byKey[key] != nil
}

// Len is the number of values.
func (c *Cache) Len() int {
	c.mu.Lock()
	defer c.mu.Unlock()
	return len(c.byKey)
}

// Stats counts the calls of Get that found a value and those that did not.
func (c *Cache) Stats() map[string]int {
	c.mu.Lock()
	defer c.mu.Unlock()
	return map[string]int{"hits": c.hits, "misses": c.misses}
}

// String is Python's repr.
func (c *Cache) String() string { return fmt.Sprintf("<cache of %d values>", c.size) }
