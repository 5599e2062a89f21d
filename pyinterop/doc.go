// Package pyinterop knows the Pythons on the other side: where an interpreter
// is, who it is, and what its version does differently.
package pyinterop
