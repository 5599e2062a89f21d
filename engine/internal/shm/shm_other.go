//go:build !linux

package shm

import (
	"errors"
	"os"
)

// Dir is where glibc keeps shared memory.
const Dir = "/dev/shm"

// Nothing below is supported here.
func Semaphore(name string) string              { return name }
func Create(string, int64) (*os.File, error)    { return nil, errors.ErrUnsupported }
func Anonymous(string, int64) (*os.File, error) { return nil, errors.ErrUnsupported }
func Open(string) (*os.File, error)             { return nil, errors.ErrUnsupported }
func Publish(string, []byte) error              { return errors.ErrUnsupported }
func Unlink(string) error                       { return errors.ErrUnsupported }
func Map(*os.File, int) ([]byte, error)         { return nil, errors.ErrUnsupported }
func Unmap([]byte) error                        { return errors.ErrUnsupported }
func List() ([]Segment, error)                  { return nil, errors.ErrUnsupported }
func Look(string) (Segment, error)              { return Segment{}, errors.ErrUnsupported }
func FindUsers() (Users, error)                 { return Users{}, errors.ErrUnsupported }
func SharedWithHost() bool                      { return false }
