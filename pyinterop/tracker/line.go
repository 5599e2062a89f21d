package tracker

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"strings"
)

// A Kind is what a name names.
type Kind string

const (
	Semaphore    Kind = "semaphore"
	SharedMemory Kind = "shared_memory"
)

// A Verb is what a line asks for.
type Verb string

const (
	Register   Verb = "REGISTER"
	Unregister Verb = "UNREGISTER"
	Probe      Verb = "PROBE"
)

// A Line is one message. Names carry their leading slash.
type Line struct {
	Verb Verb
	Name string
	Kind Kind // any, as the peer wrote it
}

// A Form is how a line is written.
type Form uint8

const (
	Plain  Form = iota // with a kind; JSON where a name needs it
	Legacy             // without: 3.6 and 3.7
	JSON               // what 3.15 writes
)

// maxLine is what a pipe takes in one piece on every system, newline included.
const maxLine = 512

// jsonLine is the JSON form. PROBE has no name.
type jsonLine struct {
	Cmd  Verb   `json:"cmd"`
	Kind Kind   `json:"rtype"`
	Name string `json:"base64_name,omitempty"`
}

// Append appends the line with its newline.
func (l Line) Append(dst []byte, form Form) ([]byte, error) {
	start := len(dst)
	switch {
	case form == JSON || form == Plain && strings.ContainsAny(l.Name, "\n\r"):
		text, err := json.Marshal(jsonLine{l.Verb, l.Kind, base64.URLEncoding.EncodeToString([]byte(l.Name))})
		if err != nil {
			return dst, fmt.Errorf("tracker: %w", err)
		}
		dst = append(dst, text...)
	case strings.ContainsAny(l.Name, "\n\r"):
		return dst, fmt.Errorf("tracker: the name %q has a line break, which Python 3.7 and before cannot be told", l.Name)
	case form == Legacy:
		if l.Kind != Semaphore && l.Verb != Probe {
			return dst, fmt.Errorf("tracker: %q is a %s; Python 3.7 and before track semaphores only", l.Name, l.Kind)
		}
		dst = fmt.Appendf(dst, "%s:%s", l.Verb, l.Name)
	default:
		dst = fmt.Appendf(dst, "%s:%s:%s", l.Verb, l.Name, l.Kind)
	}
	dst = append(dst, '\n')
	if n := len(dst) - start; n > maxLine {
		return dst[:start], fmt.Errorf("tracker: the name %.20q… makes a line of %d bytes; %d are the most", l.Name, n, maxLine)
	}
	return dst, nil
}

// ParseLine reads any of the forms, without its newline.
func ParseLine(b []byte) (Line, error) {
	if len(b) > 0 && b[0] == '{' {
		return parseJSON(b)
	}
	verb, rest, found := bytes.Cut(b, []byte(":"))
	l := Line{Verb: Verb(verb), Kind: Semaphore}
	if i := bytes.LastIndexByte(rest, ':'); i >= 0 { // names may hold colons
		l.Name, l.Kind = string(rest[:i]), Kind(rest[i+1:])
	} else {
		l.Name = string(rest)
	}
	if !found {
		return l, fmt.Errorf("tracker: the line %.40q has no colon; VERB:NAME:KIND is wanted", b)
	}
	return l, l.check()
}

func parseJSON(b []byte) (Line, error) {
	var j jsonLine
	if err := json.Unmarshal(b, &j); err != nil {
		return Line{}, fmt.Errorf("tracker: the line %.40q: %w", b, err)
	}
	name, err := base64.URLEncoding.DecodeString(j.Name)
	if err != nil {
		return Line{}, fmt.Errorf("tracker: the name in %.40q: %w", b, err)
	}
	l := Line{j.Cmd, string(name), j.Kind}
	return l, l.check()
}

func (l Line) check() error {
	switch l.Verb {
	case Register, Unregister, Probe:
		return nil
	}
	return fmt.Errorf("tracker: no verb %.20q: REGISTER, UNREGISTER or PROBE is wanted", l.Verb)
}
