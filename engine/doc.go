// Package engine is the runtime of a process that talks to Pythons: an Engine
// is this process's seat in the multiprocessing family. It has what Python
// spreads over current_process() and the context: a name, an authkey, the
// classes that pickles may become, a logger.
//
//	current_process()     Engine.Name, Authkey, Daemon
//	parent_process()      Engine.Parent
//	active_children()     Engine.Children
//	Process(…).start()    Engine.StartProcess
//	cpu_count()           Engine.CPUCount
//	log_to_stderr()       Config.Logger
//
// Managers and pools are built from an Engine; it knows neither.
package engine
