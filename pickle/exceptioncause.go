package pickle

// The classes of what Python makes the cause of an exception that was raised
// in another process. Its argument is the text of the traceback there.
const (
	RemoteTraceback         ExceptionClass = "multiprocessing.pool.RemoteTraceback"
	RemoteTracebackInFuture ExceptionClass = "concurrent.futures.process._RemoteTraceback"
)

// rebuilders are the functions that put an exception together with its cause.
var rebuilders = map[ExceptionClass]Global{
	RemoteTraceback:         {"multiprocessing.pool", "rebuild_exc"},
	RemoteTracebackInFuture: {"concurrent.futures.process", "_rebuild_exc"},
}

// Unwrap returns the cause, if there is one.
func (e *Exception) Unwrap() error {
	if e.Cause == nil {
		return nil
	}
	return e.Cause
}

const notesName = "__notes__"

// Notes returns the notes that were added to the exception.
func (e *Exception) Notes() []string {
	state, ok := e.State.(*Dict)
	if !ok {
		return nil
	}
	v, _, _ := state.Get(notesName)
	list, ok := v.(*List)
	if !ok {
		return nil
	}
	var notes []string
	for _, item := range list.Items {
		if s, ok := goText(item); ok {
			notes = append(notes, s)
		}
	}
	return notes
}

// AddNote is Python's add_note. A State that is no dict takes none, as that of
// a class with a __setstate__ of its own.
func (e *Exception) AddNote(note string) {
	if e.State == nil {
		e.State = new(Dict)
	}
	state, ok := e.State.(*Dict)
	if !ok {
		return
	}
	if v, _, _ := state.Get(notesName); v != nil {
		if list, ok := v.(*List); ok {
			list.Items = append(list.Items, note)
		}
		return
	}
	state.Set(notesName, NewList(note))
}

// makeCaused reads rebuild_exc(exception, traceback).
func makeCaused(cause ExceptionClass) maker {
	return func(d *decoder, args Tuple) (any, bool, error) {
		if len(args) != 2 {
			return nil, false, nil
		}
		e, ok := args[0].(*Exception)
		text, ok2 := args[1].(string)
		if !ok || !ok2 || e.Cause != nil {
			return nil, false, nil
		}
		e.Cause = cause.New(text)
		return e, true, d.charge(objectSize)
	}
}

// caused writes the call that puts an exception together with its cause, which
// returns the exception itself.
func (e *encoder) caused(x *Exception, rebuild Global) error {
	if err := e.global(rebuild); err != nil {
		return err
	}
	if e.version < 2 {
		e.op(opMark)
	}
	if err := e.uncaused(x); err != nil {
		return err
	}
	var text any
	if len(x.Cause.Args) > 0 {
		text = x.Cause.Args[0]
	}
	if err := e.value(text); err != nil {
		return err
	}
	if e.version < 2 {
		e.op(opTuple)
	} else {
		e.op(opTuple2)
	}
	e.op(opReduce)
	return nil
}
