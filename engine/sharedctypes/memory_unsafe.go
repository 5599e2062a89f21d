package sharedctypes

import "unsafe"

// pointer is the memory as one T; as has checked that it is.
func pointer[T any](m *Memory) *T { return (*T)(unsafe.Pointer(unsafe.SliceData(m.block.Bytes()))) }

// items is the memory as n Ts.
func items[T any](m *Memory) []T { return unsafe.Slice(pointer[T](m), m.n) }
