//go:build !unix

package connection

import "errors"

func read(uintptr, []byte) (int, error) { return 0, errors.ErrUnsupported }

func write(uintptr, []byte) (int, error) { return 0, errors.ErrUnsupported }

func readFile(uintptr, []byte) (int, error) { return 0, errors.ErrUnsupported }

func writeFile(uintptr, []byte) (int, error) { return 0, errors.ErrUnsupported }

func readable(uintptr) bool { return true }
