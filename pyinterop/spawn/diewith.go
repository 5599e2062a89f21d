package spawn

import _ "embed"

//go:embed diewith.py
var dieWith string

// Dying is the source of a Python worker that may call die_with(connection): the
// kernel then kills it once the connection's other end is closed.
func Dying(source string) string { return dieWith + source }
