package shmmanager

import (
	"context"
	"errors"
	"fmt"

	"github.com/brine-go/brine/engine"
	"github.com/brine-go/brine/engine/sharedmemory"
	"github.com/brine-go/brine/managers"
	"github.com/brine-go/brine/pickle"
	"github.com/brine-go/brine/pyinterop/tracker"
)

// A Manager makes segments that a manager owns: Python's SharedMemoryManager, or
// a server of ours that Register was called for. They are its to remove, so
// whoever makes one closes it and does not unlink it.
type Manager struct {
	engine *engine.Engine
	client *managers.Client
}

// New returns a Manager for what the client has dialled.
func New(e *engine.Engine, c *managers.Client) *Manager { return &Manager{e, c} }

// SharedMemory makes a segment of size bytes.
func (m *Manager) SharedMemory(ctx context.Context, size int) (*sharedmemory.SharedMemory, error) {
	s, err := sharedmemory.Create(m.engine, "", size)
	if err != nil {
		return nil, err
	}
	if err := m.give(ctx, s); err != nil {
		return nil, err
	}
	return s, nil
}

// ShareableList makes a list of the items, as sharedmemory.NewShareableList does.
func (m *Manager) ShareableList(ctx context.Context, kind sharedmemory.Layout, items ...any) (*sharedmemory.ShareableList, error) {
	l, err := sharedmemory.NewShareableList(m.engine, "", kind, items...)
	if err != nil {
		return nil, err
	}
	if err := m.give(ctx, l.Memory()); err != nil {
		return nil, err
	}
	return l, nil
}

// give makes a segment the manager's.
func (m *Manager) give(ctx context.Context, s *sharedmemory.SharedMemory) error {
	if _, err := m.client.Ask(ctx, "track_segment", s.Name()); err != nil {
		return errors.Join(err, s.Close(), s.Unlink())
	}
	return m.engine.Untrack(tracker.SharedMemory, "/"+s.Name())
}

// Release has the manager remove a segment. Who has it mapped keeps it.
func (m *Manager) Release(ctx context.Context, name string) error {
	_, err := m.client.Ask(ctx, "release_segment", name)
	return err
}

// Segments are the names of the manager's segments.
func (m *Manager) Segments(ctx context.Context) ([]string, error) {
	v, err := m.client.Ask(ctx, "list_segments")
	if err != nil {
		return nil, err
	}
	names, err := pickle.As[[]string](v)
	if err != nil {
		return nil, fmt.Errorf("shmmanager: list_segments: %w", err)
	}
	return names, nil
}
