// Package connection sends and receives framed messages the way
// multiprocessing.connection does.
//
// # Frames
//
// A message is a length and a body, lengths in network order:
//
//	+---------+----------------+      +----------+----------+----------------+
//	| int32 n | body (n bytes) |  or  | int32 -1 | uint64 n | body (n bytes) |
//	+---------+----------------+      +----------+----------+----------------+
//
// The long form is written only when n does not fit in an int32. A length is
// a claim: a buffer grows as bytes arrive, up to [Config.MaxMessage].
//
// # Handshake
//
// With an authkey both sides prove that they know it before the first message.
// S is the side that accepted:
//
//	S  #CHALLENGE# + M1            M1 and M2: {sha256} + 40 random bytes, or
//	C  answer to M1                20 random bytes from Python before 3.12
//	S  #WELCOME# or #FAILURE#
//	C  #CHALLENGE# + M2            an answer is {digest} + HMAC over all of M,
//	S  answer to M2                or the bare HMAC-MD5 where either side is
//	C  #WELCOME# or #FAILURE#      older than Python 3.12
//
// Everything after it travels in the clear.
//
// # Use
//
// One goroutine may send while another receives. A Conn holds no buffer while
// it waits for a message, so many idle ones cost little. [Conn.Serve] and
// [Conn.Post] are the way of a server: one read and one write for each request,
// and on Linux no goroutine for a connection. [Conn.Recv] and [Conn.Send] are
// the way of everyone else.
//
// Ending a context inside a frame closes the Conn, since the stream has lost
// its place; between frames it leaves the Conn usable. A context that cannot
// end costs nothing.
package connection
