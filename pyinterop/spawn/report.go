package spawn

import (
	"context"
	_ "embed"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"time"

	"github.com/brine-go/brine/pickle"
	"github.com/brine-go/brine/reduction"
)

// What run.py needs of report.py it compiles when it does.
var (
	//go:embed run.py
	runSource string
	//go:embed report.py
	reportSource string
)

// Run returns what a Python child runs in place of Process.run, so that its
// parent gets Reports: Python code with nothing but the standard library, of
// which pkg is multiprocessing ("" is that).
// Records of logging below the level, one of Python's, are dropped there.
func Run(pkg string, level int) any {
	if pkg == "" {
		pkg = multiprocessing
	}
	globals := pickle.NewDict(3)
	globals.Set("package", pkg)
	globals.Set("level", int64(level))
	globals.Set("report", reportSource)
	exec := pickle.Global{Module: "builtins", Name: "exec"}
	return reduction.Partial(exec, pickle.Tuple{runSource, globals}, nil)
}

// A Report is what a child tells while it runs, in messages of a length, as
// four bytes, and a pickle:
//
//	('log', level, logger, text, seconds since 1970)
//	('exception', class, args, traceback, [class, base, base of that …])
type Report struct {
	Log      *LogRecord // or
	Uncaught *Uncaught
}

// A LogRecord is one of Python's logging.
type LogRecord struct {
	Level  int // 10 is DEBUG, 20 INFO, 30 WARNING, 40 ERROR
	Logger string
	Text   string
	Time   time.Time
}

// An Uncaught is the exception that ended a child.
type Uncaught struct {
	// Exception has the class and arguments; those that do not pickle are
	// their repr.
	Exception *pickle.Exception
	// Traceback is the text that Python shows.
	Traceback string
	// Classes are that of the exception and its bases, nearest first.
	Classes []pickle.ExceptionClass
}

// ParseReport reads one message.
func ParseReport(data []byte) (Report, error) {
	var r Report
	v, err := pickle.Codec{}.Decode(context.Background(), data)
	if err != nil {
		return r, fmt.Errorf("spawn: a child's report: %w", err)
	}
	t, _ := v.(pickle.Tuple)
	if len(t) == 5 {
		switch t[0] {
		case "log":
			return parseLog(t)
		case "exception":
			return parseUncaught(t)
		}
	}
	return r, errors.New("spawn: a child's report is neither a log record nor an exception")
}

func parseLog(t pickle.Tuple) (Report, error) {
	level, err1 := pickle.As[int](t[1])
	logger, err2 := pickle.As[string](t[2])
	text, err3 := pickle.As[string](t[3])
	at, err4 := pickle.As[float64](t[4])
	r := &LogRecord{level, logger, text, time.UnixMicro(int64(at * 1e6))}
	return Report{Log: r}, errors.Join(err1, err2, err3, err4)
}

func parseUncaught(t pickle.Tuple) (Report, error) {
	class, err1 := pickle.As[string](t[1])
	args, isTuple := t[2].(pickle.Tuple)
	text, err2 := pickle.As[string](t[3])
	classes, err3 := pickle.As[[]string](t[4])
	if err := errors.Join(err1, err2, err3); err != nil || !isTuple {
		return Report{}, fmt.Errorf("spawn: a child's report of its exception: %w", errors.Join(err, errors.New("malformed")))
	}
	u := &Uncaught{Exception: pickle.ExceptionClass(class).New(args...), Traceback: text}
	for _, c := range classes {
		u.Classes = append(u.Classes, pickle.ExceptionClass(c))
	}
	return Report{Uncaught: u}, nil
}

// WriteUncaught tells what report.py does, for a child that is no Python.
func WriteUncaught(w io.Writer, e *pickle.Exception, traceback string) error {
	class := string(e.Class)
	data, err := pickle.Marshal(pickle.Tuple{"exception", class, plain(e.Args), traceback, pickle.NewList(class)})
	if err != nil {
		return err
	}
	_, err = w.Write(append(binary.BigEndian.AppendUint32(nil, uint32(len(data))), data...))
	return err
}

// plain are args that can be written without knowing any class.
func plain(args pickle.Tuple) pickle.Tuple {
	t := make(pickle.Tuple, len(args))
	for i, a := range args {
		if _, err := pickle.Marshal(a); err != nil {
			a = fmt.Sprint(a)
		}
		t[i] = a
	}
	return t
}
