package pyinterop

import "fmt"

// A Version is that of a Python, and what multiprocessing does in it. Only what
// must be known before the peer speaks is asked here.
type Version struct{ Major, Minor, Micro int }

// Oldest is the first version whose children can be started.
var Oldest = Version{3, 6, 0}

// AtLeast tells whether v is major.minor or later.
func (v Version) AtLeast(major, minor int) bool {
	return v.Major > major || v.Major == major && v.Minor >= minor
}

func (v Version) String() string { return fmt.Sprintf("%d.%d.%d", v.Major, v.Minor, v.Micro) }

// Spawns tells whether it has the start methods spawn and forkserver on Unix.
func (v Version) Spawns() bool { return v.Major == 3 && v.AtLeast(Oldest.Major, Oldest.Minor) }

// SeesParentDie tells whether a child knows when its parent has ended:
// parent_process() came with 3.8.
func (v Version) SeesParentDie() bool { return v.AtLeast(3, 8) }

// PicklesBuffers tells whether it reads protocol 5, in which an array is a
// bytearray.
func (v Version) PicklesBuffers() bool { return v.AtLeast(3, 8) }

// TracksSharedMemory tells whether its tracker knows more than semaphores.
func (v Version) TracksSharedMemory() bool { return v.AtLeast(3, 8) }

// AcksHandles tells whether it acknowledges descriptors that are sent to it,
// with a byte.
func (v Version) AcksHandles() bool { return v.AtLeast(3, 14) }

// AuthenticatesForkServer tells whether its fork server asks for a key.
func (v Version) AuthenticatesForkServer() bool { return v.AtLeast(3, 14) }
