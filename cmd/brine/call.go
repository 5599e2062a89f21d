package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/brine-go/brine/connection"
	"github.com/brine-go/brine/engine"
	"github.com/brine-go/brine/managers"
	"github.com/brine-go/brine/pickle"
)

// clientFlags say which manager to talk to.
type clientFlags struct {
	address     string
	authkeyFile string
	timeout     time.Duration
	json        bool
}

func (f *clientFlags) add(cmd *cobra.Command) {
	fl := cmd.Flags()
	fl.SortFlags = false
	fl.StringVar(&f.address, "address", "127.0.0.1:50000", "the manager listens on `A`")
	fl.StringVar(&f.authkeyFile, "authkey-file", "", "read the key from `FILE`; else BRINE_AUTHKEY, else the one that brine serve keeps")
	fl.DurationVar(&f.timeout, "timeout", 10*time.Second, "give up after `TIME`; 0 is never")
}

const callLong = `Call a method of an object that a manager has, Python's or brine's.

The object is what a typeid stands for, such as one that brine serve was told to
share, and lives as long as somebody refers to it; or it is one of those that
brine objects lists, by its id: @1002. Without a method, the methods are listed.

An argument is a Python literal or JSON; what is neither is text. NAME=VALUE is
a keyword argument. Flags come before the object.`

const callExample = `  brine call get_queue put '{"x": 1}'
  brine call get_queue get timeout=2
  brine call @1002 __getitem__ key`

func callCommand() *cobra.Command {
	var f clientFlags
	cmd := &cobra.Command{
		Use:     "call [flags] TYPEID|@ID [METHOD [ARGUMENT...]]",
		Short:   "Call a method of an object that a manager has",
		Long:    callLong,
		Example: callExample,
		Args:    cobra.MinimumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			return f.withClient(cmd.Context(), func(ctx context.Context, c *managers.Client) error {
				return call(ctx, c, args, func(v any) error { return f.show(cmd.OutOrStdout(), v) })
			})
		},
	}
	f.add(cmd)
	cmd.Flags().BoolVar(&f.json, "json", false, "print the result as JSON")
	cmd.Flags().SetInterspersed(false) // -1 is an argument
	return cmd
}

func createCommand() *cobra.Command {
	var f clientFlags
	cmd := &cobra.Command{
		Use:     "create [flags] TYPEID [ARGUMENT...]",
		Short:   "Have a manager make an object, and print its id",
		Long:    "Have a manager make an object, and print its id, as brine call takes it. The\nobject stays until the manager ends. Arguments are those of brine call.",
		Example: "  brine create dict '{\"a\": 1}'",
		Args:    cobra.MinimumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			return f.withClient(cmd.Context(), func(ctx context.Context, c *managers.Client) error {
				v, err := c.Ask(ctx, "create", append([]any{args[0]}, arguments(args[1:])...)...)
				if err != nil {
					return err
				}
				made, ok := v.(pickle.Tuple)
				if !ok || len(made) != 2 {
					return fmt.Errorf("the manager answered with %s, want (id, exposed)", pickle.TypeName(v))
				}
				fmt.Fprintf(cmd.OutOrStdout(), "@%v\n", made[0])
				return nil
			})
		},
	}
	f.add(cmd)
	cmd.Flags().SetInterspersed(false)
	return cmd
}

func objectsCommand() *cobra.Command {
	var f clientFlags
	cmd := &cobra.Command{
		Use:   "objects",
		Short: "List the objects that a manager has",
		Long:  "List the objects that a manager has: the id, how many proxies refer to it, and\nthe beginning of its text.",
		Args:  cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return f.withClient(cmd.Context(), func(ctx context.Context, c *managers.Client) error {
				info, err := c.DebugInfo(ctx)
				if err != nil {
					return err
				}
				return listObjects(cmd.OutOrStdout(), info)
			})
		},
	}
	f.add(cmd)
	return cmd
}

// withClient dials, and closes what it dialled.
func (f *clientFlags) withClient(ctx context.Context, use func(context.Context, *managers.Client) error) error {
	key, err := findKey(f.authkeyFile)
	if err != nil {
		return err
	}
	a, err := connection.Parse(f.address)
	if err != nil {
		return fmt.Errorf("--address: %w", err)
	}
	if f.timeout > 0 {
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeout(ctx, f.timeout)
		defer cancel()
	}
	eng, err := engine.New(engine.Config{Authkey: key.bytes})
	if err != nil {
		return err
	}
	defer eng.Close()
	c, err := managers.Dial(ctx, eng, a, managers.ClientConfig{})
	if err != nil {
		return err
	}
	err = use(ctx, c)
	if errors.Is(err, context.DeadlineExceeded) {
		err = fmt.Errorf("no answer within %v; see --timeout", f.timeout)
	}
	closing, cancel := context.WithTimeout(context.WithoutCancel(ctx), time.Second)
	defer cancel()
	return errors.Join(err, c.Close(closing))
}

func call(ctx context.Context, c *managers.Client, args []string, show func(any) error) error {
	var p *managers.Proxy
	var err error
	if id, ok := strings.CutPrefix(args[0], "@"); ok {
		p, err = c.Proxy(ctx, managers.Token{TypeID: "object", ID: id})
	} else {
		p, err = c.Create(ctx, args[0])
	}
	if err != nil {
		return err
	}
	if len(args) == 1 {
		exposed := p.Exposed()
		slices.Sort(exposed)
		return show(pickle.NewList(anys(slices.Compact(exposed))...))
	}
	v, err := p.Call(ctx, args[1], arguments(args[2:])...)
	if err != nil {
		return err
	}
	return show(v)
}

func anys(names []string) []any {
	items := make([]any, len(names))
	for i, name := range names {
		items[i] = name
	}
	return items
}

var keyword = regexp.MustCompile(`^([A-Za-z_][A-Za-z0-9_]*)=(.*)$`)

// arguments reads those of the command line.
func arguments(words []string) []any {
	args, kwds := []any{}, managers.Kwargs{}
	for _, word := range words {
		if m := keyword.FindStringSubmatch(word); m != nil {
			kwds[m[1]] = argument(m[2])
		} else {
			args = append(args, argument(word))
		}
	}
	if len(kwds) > 0 {
		args = append(args, kwds)
	}
	return args
}

// argument reads a Python literal or JSON; what is neither is text.
func argument(word string) any {
	if v, err := pickle.ParseLiteral(word); err == nil {
		return v
	}
	var v any
	in := json.NewDecoder(strings.NewReader(word))
	in.UseNumber()
	if err := in.Decode(&v); err == nil && in.InputOffset() == int64(len(word)) {
		return fromJSON(v)
	}
	return word
}

// fromJSON makes Python's values of those of package json.
func fromJSON(v any) any {
	switch v := v.(type) {
	case json.Number:
		if n, err := pickle.ParseLiteral(v.String()); err == nil {
			return n
		}
		return v.String()
	case []any:
		l := pickle.NewList()
		for _, item := range v {
			l.Items = append(l.Items, fromJSON(item))
		}
		return l
	case map[string]any:
		d := pickle.NewDict(len(v))
		for key, item := range v {
			d.Set(key, fromJSON(item)) // a str is hashable
		}
		return d
	}
	return v
}

// show prints a result: its repr, or JSON.
func (f *clientFlags) show(out io.Writer, v any) error {
	if p, ok := v.(*managers.Proxy); ok {
		v = p.String()
	}
	if !f.json {
		text, err := pickle.Repr(v)
		if err == nil {
			fmt.Fprintln(out, text)
		}
		return err
	}
	plain, err := toJSON(v)
	if err != nil {
		return err
	}
	enc := json.NewEncoder(out)
	enc.SetEscapeHTML(false)
	return enc.Encode(plain)
}

// toJSON makes values for package json.
func toJSON(v any) (any, error) {
	var items []any
	switch v := v.(type) {
	case pickle.Tuple:
		items = v
	case *pickle.List:
		items = v.Items
	case *pickle.Dict:
		m := make(map[string]any, v.Len())
		for key, item := range v.All() {
			name, ok := key.(string)
			if !ok {
				return nil, fmt.Errorf("JSON has no key of type %s; leave --json away", pickle.TypeName(key))
			}
			var err error
			if m[name], err = toJSON(item); err != nil {
				return nil, err
			}
		}
		return m, nil
	case nil, bool, string, int64, float64, json.Marshaler:
		return v, nil
	default:
		return nil, fmt.Errorf("JSON has no %s; leave --json away", pickle.TypeName(v))
	}
	list := make([]any, len(items))
	for i, item := range items {
		var err error
		if list[i], err = toJSON(item); err != nil {
			return nil, err
		}
	}
	return list, nil
}

var objectLine = regexp.MustCompile(`^ {2}([0-9a-f]+): +refcount=(\d+)$`)

// listObjects prints debug_info a line an object.
func listObjects(out io.Writer, info string) error {
	lines := strings.Split(info, "\n")
	for i := 0; i < len(lines); i++ {
		m := objectLine.FindStringSubmatch(lines[i])
		if m == nil || i+1 == len(lines) || m[1] == "0" { // Python's own entry
			continue
		}
		i++
		text := strings.TrimSpace(lines[i])
		for i+1 < len(lines) && objectLine.FindString(lines[i+1]) == "" { // the text of an object may have lines
			i++
			text += `\n` + lines[i]
		}
		if _, err := fmt.Fprintf(out, "@%s\t%s\t%s\n", m[1], m[2], text); err != nil {
			return err
		}
	}
	return nil
}
