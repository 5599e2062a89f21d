package managers

import "errors"

// ErrNoMethod is returned by a Referent that has no method of that name.
var ErrNoMethod = errors.New("managers: no such method")
