// Package spawn starts a process the way multiprocessing's start method spawn
// does, and is started that way: both ends of what parent and child say.
//
// The child learns from its command line which descriptor its parent writes to:
//
//	python -c 'from multiprocessing.spawn import spawn_main; spawn_main(tracker_fd=4, pipe_handle=3)' --multiprocessing-fork
//
// and reads two pickles from there, one right behind the other: the Preparation,
// which a child applies before it unpickles anything of its program, and the
// ProcessObject, which says what to do. The pipe does not end after them: since
// Python 3.8 the parent keeps it open as long as it lives, so that the child
// sees the parent's end.
package spawn
