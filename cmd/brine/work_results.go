package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"os"

	"github.com/brine-go/brine/pickle"
)

// resultFlags say where results go.
type resultFlags struct {
	out    io.Writer // standard output
	name   string    // of the file; "" is standard output
	format string
	errors string // the file for failures
	resume bool
}

// results are written here, failures too, and the journal of both.
type results struct {
	format  string
	out     *counted
	errors  *counted // nil is standard error
	journal journal
	path    string // of the journal; "" is none
	dirty   bool   // something was written since the last checkpoint
	over    bool   // all calls are done
}

// counted is a file, or standard output, and how much was written to it.
type counted struct {
	*bufio.Writer
	file *os.File // nil is standard output
	n    int64
}

func (c *counted) put(b []byte) error {
	n, err := c.Write(b)
	c.n += int64(n)
	return err
}

func (c *counted) close() error {
	err := c.Flush()
	if c.file != nil {
		err = errors.Join(err, c.file.Close())
	}
	return err
}

// open opens the files. Those of a run that stopped are cut to what its journal
// says.
func (f *resultFlags) open(job journal) (*results, error) {
	format, err := formatOf("--output-format", f.format, f.name, "json", "pickle")
	if err != nil {
		return nil, err
	}
	job.Results = format
	r := &results{format: format, journal: job}
	if err := f.findJournal(r); err != nil {
		return nil, err
	}
	if r.out, err = openAt(f.name, r.journal.Output); err != nil {
		return nil, err
	}
	if r.out == nil {
		r.out = &counted{Writer: bufio.NewWriterSize(f.out, 64<<10)}
	}
	if r.errors, err = openAt(f.errors, r.journal.Errors); err != nil {
		return nil, errors.Join(err, r.out.close())
	}
	return r, nil
}

// findJournal finds out whether there is a journal, and goes on with it.
func (f *resultFlags) findJournal(r *results) error {
	info, err := os.Stat(f.name)
	there := err == nil
	if f.name == "" || there && !info.Mode().IsRegular() {
		if f.resume {
			return errors.New("--resume needs the file of an earlier run: --output FILE")
		}
		return nil
	}
	r.path = f.name + ".journal"
	old, err := readJournal(r.path)
	switch {
	case err != nil:
		return err
	case old == nil && f.resume && there && info.Size() > 0:
		return fmt.Errorf("nothing to resume: %s has no journal beside it, so the run that wrote it came to its end", f.name)
	case old == nil:
	case !f.resume:
		return fmt.Errorf("%s is there, since a run stopped after %d calls: --resume goes on; to start again, remove it", r.path, old.count())
	default:
		if err := old.same(&r.journal); err != nil {
			return fmt.Errorf("--resume: this is another job than that of %s: %w", r.path, err)
		}
		r.journal = *old
	}
	return r.journal.write(r.path)
}

// openAt opens a file to write behind its first n bytes.
func openAt(name string, n int64) (*counted, error) {
	if name == "" {
		return nil, nil
	}
	file, err := os.OpenFile(name, os.O_WRONLY|os.O_CREATE, 0o666)
	if err != nil {
		return nil, err
	}
	info, err := file.Stat()
	if err == nil && info.Mode().IsRegular() {
		if info.Size() < n {
			err = fmt.Errorf("%s has %d bytes, and its journal says %d: it was changed, and cannot be gone on with", name, info.Size(), n)
		} else if err = file.Truncate(n); err == nil {
			_, err = file.Seek(n, io.SeekStart)
		}
	}
	if err != nil {
		file.Close()
		return nil, err
	}
	return &counted{Writer: bufio.NewWriterSize(file, 64<<10), file: file, n: n}, nil
}

// encode makes a result what is written of it.
func (r *results) encode(v any, codec pickle.Codec) ([]byte, error) {
	if r.format == "pickle" {
		return codec.Marshal(context.Background(), v)
	}
	if raw, ok := v.(pickle.Raw); ok {
		var err error
		if v, err = raw.Value(context.Background(), codec); err != nil {
			return nil, err
		}
	}
	return append(appendJSON(nil, v, 0), '\n'), nil
}

// none stands for the result of a call that failed.
func (r *results) none() []byte {
	if r.format == "pickle" {
		return []byte("\x80\x04N.")
	}
	return []byte("null\n")
}

// put writes what there is of a call, which is done then.
func (r *results) put(n int, result []byte, failed bool) error {
	if failed {
		r.journal.Failed++
	}
	r.journal.add(n)
	r.dirty = true
	return r.out.put(result)
}

// checkpoint makes what was written last. The first records, so many, are done and
// have the checksum.
func (r *results) checkpoint(records int, sum uint64) error {
	if !r.dirty {
		return nil
	}
	r.dirty = false
	if err := r.out.Flush(); err != nil {
		return err
	}
	r.journal.Output, r.journal.Checked, r.journal.Checksum = r.out.n, records, sum
	if r.errors != nil {
		if err := r.errors.Flush(); err != nil {
			return err
		}
		r.journal.Errors = r.errors.n
	}
	if r.path == "" {
		return nil
	}
	return r.journal.write(r.path)
}

// Close closes the files. The journal of a run that came to its end is removed.
func (r *results) Close() error {
	err := r.out.close()
	if r.errors != nil {
		err = errors.Join(err, r.errors.close())
	}
	if r.over && r.path != "" && err == nil {
		err = os.Remove(r.path)
	}
	return err
}
