// Package tracker speaks with Python's resource tracker, from both ends: the
// process that removes names of shared memory and semaphores when those who
// made them are gone.
//
// It reads a pipe that every process of a family writes to, a line a message,
// no longer than 512 bytes, so that one write is never mixed with another's:
//
//	REGISTER:/psm_1a2b3c4d:shared_memory    3.8 and later
//	UNREGISTER:/mp-k2j3h4g5:semaphore
//	PROBE:0:noop                            is anybody there?
//	REGISTER:/mp-k2j3h4g5                   3.6 and 3.7: semaphores only
//	{"cmd":"REGISTER","rtype":"semaphore","base64_name":"L21w…"}
//	                                        3.15, and from late 3.13 on where
//	                                        a name holds a newline
//
// At the end of the pipe, when the last writer has ended, it removes what is
// still registered. It is Python's multiprocessing.resource_tracker, and
// semaphore_tracker of 3.6 and 3.7.
package tracker
