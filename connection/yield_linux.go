package connection

import "golang.org/x/sys/unix"

// yield lets other processes use this core, if they wait for it. It takes too
// little time for the scheduler to hear of it.
func yield() { unix.RawSyscall(unix.SYS_SCHED_YIELD, 0, 0, 0) }
