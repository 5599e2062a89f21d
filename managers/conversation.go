package managers

import (
	"context"
	"fmt"
	"strings"

	"github.com/brine-go/brine/connection"
	"github.com/brine-go/brine/pickle"
)

// The client's side of one request: (id, method, args, kwds), answered by
// (kind, payload).

// A RemoteError is a failure of the manager, rather than of the object that
// was called: an unknown id or method, or a constructor's exception.
type RemoteError struct {
	Traceback string // as the manager formatted it
}

func (e *RemoteError) Error() string {
	lines := strings.Split(strings.TrimSpace(e.Traceback), "\n")
	return "managers: remote error: " + lines[len(lines)-1]
}

// An answer is what came back.
type answer struct {
	kind    string
	payload any
}

// converse has one request answered. An error tells that the connection is of
// no more use.
func converse(ctx context.Context, conn *connection.Conn, id any, method string, args pickle.Tuple, kwds *pickle.Dict) (answer, error) {
	if args == nil {
		args = pickle.Tuple{}
	}
	if kwds == nil {
		kwds = pickle.NewDict(0)
	}
	if err := conn.Send(ctx, pickle.Tuple{id, method, args, kwds}); err != nil {
		return answer{}, err
	}
	v, err := conn.Recv(ctx)
	if err != nil {
		return answer{}, err
	}
	return answerOf(v)
}

func answerOf(v any) (answer, error) {
	t, ok := v.(pickle.Tuple)
	if !ok || len(t) != 2 {
		return answer{}, fmt.Errorf("managers: the manager answered with %s, want (kind, value)", pickle.TypeName(v))
	}
	return answer{textOf(t[0]), t[1]}, nil
}

// value is what the answer means to the caller.
func (a answer) value(c *Client) (any, error) {
	switch a.kind {
	case "#RETURN":
		return a.payload, nil
	case "#ERROR":
		return nil, exception(a.payload)
	case "#TRACEBACK":
		return nil, &RemoteError{textOf(a.payload)}
	case "#UNSERIALIZABLE":
		return nil, &RemoteError{fmt.Sprintf("Unserializable message: %s\n", textOf(a.payload))}
	case "#PROXY":
		if t, ok := a.payload.(pickle.Tuple); ok && len(t) == 2 {
			if token, ok := tokenOf(t[1]); ok {
				return c.own(token.TypeID, token.ID, names(t[0])) // counted for us already
			}
		}
		return nil, fmt.Errorf("managers: no token in the manager's #PROXY")
	}
	return nil, fmt.Errorf("managers: unrecognized message type %q", a.kind)
}

// exception makes an error of what a method raised.
func exception(v any) error {
	switch v := v.(type) {
	case error: // *pickle.Exception, or what a registered class makes of it
		return v
	case *pickle.Object: // a class that only Python has
		if g, ok := v.Class.(pickle.Global); ok {
			args, _ := v.Args.(pickle.Tuple)
			if g == rebuildExc && len(args) == 2 {
				return traced(exception(args[0]), textOf(args[1]))
			}
			return &pickle.Exception{Class: pickle.ExceptionClass(g.String()), Args: args}
		}
	}
	return fmt.Errorf("managers: a method raised a value that is no exception: %s", pickle.TypeName(v))
}

// rebuildExc puts an exception and the text of its traceback together.
var rebuildExc = pickle.Global{Module: "multiprocessing.pool", Name: "rebuild_exc"}

// traced is an exception whose cause is its traceback in the manager.
func traced(err error, traceback string) error {
	if e, ok := err.(*pickle.Exception); ok && e.Cause == nil {
		e.Cause = pickle.RemoteTraceback.New(traceback)
	}
	return err
}

const pythonManagers = "multiprocessing.managers"

// tokenObject is a Token as it is pickled.
func tokenObject(typeid string, address any, id string) *pickle.Object {
	return &pickle.Object{
		How:   pickle.NewObj,
		Class: pickle.Global{Module: pythonManagers, Name: "Token"},
		Args:  pickle.Tuple{},
		Ops:   []pickle.Op{{Kind: pickle.Build, Items: []any{pickle.Tuple{typeid, address, id}}}},
	}
}

// tokenOf reads a Token, whether its class is registered or not.
func tokenOf(v any) (Token, bool) {
	switch v := v.(type) {
	case Token:
		return v, true
	case *Token:
		return *v, true
	case *pickle.Object:
		g, _ := v.Class.(pickle.Global)
		if g.Name != "Token" || len(v.Ops) != 1 || len(v.Ops[0].Items) != 1 {
			break
		}
		if state, ok := v.Ops[0].Items[0].(pickle.Tuple); ok && len(state) == 3 {
			return Token{TypeID: textOf(state[0]), Address: state[1], ID: textOf(state[2])}, true
		}
	}
	return Token{}, false
}

// names reads a tuple or list of names.
func names(v any) []string {
	var items []any
	switch v := v.(type) {
	case pickle.Tuple:
		items = v
	case *pickle.List:
		items = v.Items
	}
	s := make([]string, 0, len(items))
	for _, item := range items {
		s = append(s, textOf(item))
	}
	return s
}
