package main

import (
	"bufio"
	"bytes"
	"encoding/csv"
	"encoding/json"
	"errors"
	"fmt"
	"hash/crc64"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/brine-go/brine/pickle"
)

// inputFlags say what the calls are made with.
type inputFlags struct {
	in       io.Reader // standard input
	name     string    // of the file; "" and "-" are standard input
	format   string
	noHeader bool
	star     bool
}

// A record is the input of one call.
type record struct {
	n      int    // how many came before it
	line   int    // where it begins
	end    int64  // the offset behind it
	before uint64 // checksum of the records before it
	after  uint64 // and of it, too
	size   int

	input  any // as it is shown: a Python value, or text that is none
	args   pickle.Tuple
	kwargs *pickle.Dict
	err    error // why no call can be made with it
}

// An input yields records.
type input struct {
	format string
	length int64 // in bytes; 0 is unknown
	star   bool
	file   io.Closer
	next   func() (record, []byte, error) // with what its checksum is of; io.EOF at the end

	n   int
	sum uint64
}

// maxRecord is the longest record, in bytes.
const maxRecord = 1 << 30

// formats are those of the input, by how names of files end.
var formats = map[string]string{
	".json": "json", ".jsonl": "json", ".ndjson": "json", ".csv": "csv",
	".pickle": "pickle", ".pickles": "pickle", ".pkl": "pickle", ".p": "pickle",
}

// formatOf is the format that a flag names, or else a file.
func formatOf(flag, format, name string, known ...string) (string, error) {
	if format == "" {
		format = formats[strings.ToLower(filepath.Ext(name))]
		if !slices.Contains(known, format) {
			return "json", nil
		}
	}
	if !slices.Contains(known, format) {
		return "", fmt.Errorf("%s %q: want %s", flag, format, strings.Join(known, " or "))
	}
	return format, nil
}

func (f *inputFlags) open() (*input, error) {
	format, err := formatOf("--format", f.format, f.name, "json", "csv", "pickle")
	if err != nil {
		return nil, err
	}
	if f.noHeader && format != "csv" {
		return nil, fmt.Errorf("--no-header is for CSV, and the input is %s", format)
	}
	in := &input{format: format, star: f.star, file: io.NopCloser(nil)}
	from := f.in
	if f.name != "" && f.name != "-" {
		file, err := os.Open(f.name)
		if err != nil {
			return nil, err
		}
		in.file, from = file, file
		if info, err := file.Stat(); err == nil && info.Mode().IsRegular() {
			in.length = info.Size()
		}
	}
	switch format {
	case "json":
		in.next = (&lines{in: bufio.NewReaderSize(from, 64<<10), most: maxRecord}).next
	case "csv":
		in.next = newRows(from, !f.noHeader).next
	case "pickle":
		in.next = (&pickles{in: pickle.Codec{}.NewDecoder(from)}).next
	}
	return in, nil
}

func (in *input) Close() error { return in.file.Close() }

var table = crc64.MakeTable(crc64.ECMA)

// read returns the next record. Its error is the end of the input: io.EOF, or why
// nothing behind it can be read.
func (in *input) read() (record, error) {
	r, content, err := in.next()
	r.n, r.before, r.size = in.n, in.sum, len(content)
	if err != nil {
		return r, err
	}
	in.n++
	in.sum = crc64.Update(crc64.Update(in.sum, table, content), table, []byte{'\n'})
	r.after = in.sum
	if in.star && r.err == nil && in.format != "csv" {
		r.err = r.spread()
	}
	return r, nil
}

// spread makes the value of a record all arguments of its call.
func (r *record) spread() error {
	v := r.args[0]
	if raw, ok := v.(pickle.Raw); ok {
		if err := pickleValue(raw, &v); err != nil {
			return err
		}
	}
	switch v := v.(type) {
	case pickle.Tuple:
		r.args = v
	case *pickle.List:
		r.args = v.Items
	case *pickle.Dict:
		for key := range v.All() {
			if _, ok := key.(string); !ok {
				return fmt.Errorf("keywords are str, not %s", pickle.TypeName(key))
			}
		}
		r.args, r.kwargs = nil, v
	default:
		return fmt.Errorf("with --star it must be a list or a dict, not %s", pickle.TypeName(v))
	}
	return nil
}

// lines are values of JSON, one in each line.
type lines struct {
	in   *bufio.Reader
	most int
	line int
	at   int64
	buf  []byte
}

func (l *lines) next() (record, []byte, error) {
	for {
		long, err := l.read()
		if err != nil {
			return record{}, nil, err
		}
		text := bytes.TrimSpace(l.buf)
		if l.line == 1 {
			text = bytes.TrimPrefix(text, []byte("\ufeff"))
		}
		if len(text) == 0 && !long {
			continue
		}
		r := record{line: l.line, end: l.at}
		v, err := parseJSON(text)
		switch {
		case long:
			r.err = fmt.Errorf("the line is longer than %d bytes", l.most)
			text = text[:min(len(text), 100)]
		case !utf8.Valid(text):
			r.err = errors.New("the line is no UTF-8")
		case err != nil:
			r.err = fmt.Errorf("the line is no JSON: %w", err)
		}
		r.input, r.args = v, pickle.Tuple{v}
		if r.err != nil {
			r.input = strings.ToValidUTF8(string(text), "\ufffd")
		}
		return r, text, nil
	}
}

// read reads a line into buf. Of one that is too long it keeps the beginning.
func (l *lines) read() (long bool, err error) {
	l.buf = l.buf[:0]
	if cap(l.buf) > 1<<20 {
		l.buf = nil
	}
	for {
		part, err := l.in.ReadSlice('\n')
		l.at += int64(len(part))
		if long = long || len(l.buf)+len(part) > l.most; !long {
			l.buf = append(l.buf, part...)
		}
		switch {
		case err == bufio.ErrBufferFull:
			continue
		case err == io.EOF && (len(l.buf) > 0 || long):
		case err != nil:
			return false, err
		}
		l.line++
		return long, nil
	}
}

// rows are those of CSV.
type rows struct {
	in       *csv.Reader
	paced    *paced
	header   []string
	expected bool // the header, still
}

func newRows(in io.Reader, header bool) *rows {
	p := &paced{in: bufio.NewReader(in), most: maxRecord, left: maxRecord}
	if bom, _ := p.in.Peek(3); string(bom) == "\ufeff" {
		p.in.Discard(3)
	}
	r := csv.NewReader(p)
	r.FieldsPerRecord = -1
	return &rows{in: r, paced: p, expected: header}
}

func (c *rows) next() (record, []byte, error) {
	if c.expected {
		c.expected = false
		header, err := c.in.Read()
		if err == nil {
			err = checkHeader(header)
		}
		if err != nil && err != io.EOF {
			return record{}, nil, fmt.Errorf("the header of the CSV: %w", err)
		}
		c.header = header
	}
	start := c.in.InputOffset()
	c.paced.left = c.paced.most
	row, err := c.in.Read()
	r := record{end: c.in.InputOffset()}
	bad, isSyntax := errors.AsType[*csv.ParseError](err)
	switch {
	case isSyntax:
		r.line, r.err = bad.StartLine, fmt.Errorf("the row is no CSV: %v at column %d of line %d", bad.Err, bad.Column, bad.Line)
		r.input = strings.Join(row, ",")
	case err != nil:
		return r, nil, err
	default:
		r.line, _ = c.in.FieldPos(0)
		c.arguments(&r, row)
	}
	return r, fmt.Appendf(nil, "%d %q", r.end-start, row), nil
}

func checkHeader(header []string) error {
	for i, name := range header {
		switch {
		case !utf8.ValidString(name):
			return fmt.Errorf("column %d has a name that is no UTF-8", i+1)
		case slices.Contains(header[:i], name):
			return fmt.Errorf("two columns are named %q", name)
		}
	}
	return nil
}

// arguments makes a row's texts those of a call.
func (c *rows) arguments(r *record, row []string) {
	args, named := make(pickle.Tuple, len(row)), pickle.NewDict(len(c.header))
	for i, text := range row {
		if !utf8.ValidString(text) {
			r.err = fmt.Errorf("column %d is no UTF-8", i+1)
			text = strings.ToValidUTF8(text, "\ufffd")
		}
		args[i] = text
		if i < len(c.header) {
			named.Set(c.header[i], text) // a str is hashable
		}
	}
	r.input, r.args = pickle.NewList(args...), args
	if c.header == nil {
		return
	}
	if len(row) != len(c.header) {
		r.err = fmt.Errorf("the row has %d columns, the header %d", len(row), len(c.header))
		return
	}
	r.input, r.args, r.kwargs = named, nil, named
}

// paced reads no more than most bytes for a record: a quote may be open.
type paced struct {
	in         *bufio.Reader
	most, left int
}

func (p *paced) Read(b []byte) (int, error) {
	n, err := p.in.Read(b)
	if p.left -= n; p.left < 0 && err == nil {
		err = fmt.Errorf("a row is longer than %d bytes: a quote may be open", p.most)
	}
	return n, err
}

// pickles follow each other. Their lines are their numbers.
type pickles struct {
	in *pickle.Decoder
	n  int
}

func (p *pickles) next() (record, []byte, error) {
	var v pickle.Raw
	at := p.in.InputOffset()
	if err := p.in.Decode(&v); err != nil {
		if err != io.EOF {
			err = fmt.Errorf("pickle %d, at byte %d of the input, cannot be read, nor what follows: %w", p.n+1, at, err)
		}
		return record{}, nil, err
	}
	p.n++
	content, err := pickle.Marshal(v)
	r := record{line: p.n, end: p.in.InputOffset(), input: v, args: pickle.Tuple{v}, err: err}
	return r, content, nil
}

// pickleValue builds what a pickle holds.
func pickleValue(raw pickle.Raw, v *any) (err error) {
	data, err := pickle.Marshal(raw)
	if err == nil {
		err = pickle.Unmarshal(data, v)
	}
	return err
}

// shown is a value as JSON.
func shown(v any) json.RawMessage {
	if raw, ok := v.(pickle.Raw); ok {
		if err := pickleValue(raw, &v); err != nil {
			v = fmt.Sprintf("a pickle that cannot be read: %v", err)
		}
	}
	return appendJSON(nil, v, 0)
}
