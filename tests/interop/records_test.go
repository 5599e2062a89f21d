package interop

import (
	"context"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"sync"
)

// records keeps what is logged, a line each: level, text, attributes.
type records struct {
	mu   sync.Mutex // guards kept
	kept []string
}

func (r *records) logger() *slog.Logger { return slog.New(recorder{r, nil}) }

func (r *records) lines() []string {
	r.mu.Lock()
	defer r.mu.Unlock()
	return slices.Clone(r.kept)
}

type recorder struct {
	to    *records
	attrs []slog.Attr
}

func (h recorder) Enabled(_ context.Context, level slog.Level) bool { return level >= slog.LevelInfo }
func (h recorder) WithGroup(string) slog.Handler                    { return h }
func (h recorder) WithAttrs(attrs []slog.Attr) slog.Handler {
	return recorder{h.to, append(slices.Clone(h.attrs), attrs...)}
}

func (h recorder) Handle(_ context.Context, r slog.Record) error {
	var b strings.Builder
	fmt.Fprintf(&b, "%s %s", r.Level, r.Message)
	add := func(a slog.Attr) bool { fmt.Fprintf(&b, " %s=%v", a.Key, a.Value); return true }
	for _, a := range h.attrs {
		add(a)
	}
	r.Attrs(add)
	h.to.mu.Lock()
	defer h.to.mu.Unlock()
	h.to.kept = append(h.to.kept, b.String())
	return nil
}
