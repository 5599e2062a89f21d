package managers

import (
	"sync/atomic"

	"github.com/brine-go/brine/pickle"
)

type session struct {
	owner  *Owner
	codec  pickle.Codec
	waiter atomic.Pointer[Waiter]
}

type kind uint8

const kindReturn kind = 0

type object struct{ ref Referent }

func (s *session) modern() bool                          { panic("stub") }
func (s *session) keepFrame()                            { panic("stub") }
func (c *Call) build() error                             { panic("stub") }
func (w *Waiter) answer(v any, err error, undo func())   { panic("stub") }
func (r *Reply) encode(k kind, v any) error              { panic("stub") }
func (r *Reply) proxy(typeid string, ref Referent) error { panic("stub") }
