package pool

import (
	"container/heap"
	"slices"
)

// A lane has the waiting tasks of one tag: the most urgent first, of equals the
// oldest.
type lane struct {
	levels levels
	of     map[int]*level
	spare  *level // that was emptied last
	n      int    // tasks
}

// A level has tasks of one priority, the oldest first.
type level struct {
	priority int
	tasks    []*Task
	head     int // the first of them; nil before
}

// levels are a heap, the most urgent first.
type levels []*level

func (l levels) Len() int           { return len(l) }
func (l levels) Less(i, j int) bool { return l[i].priority > l[j].priority }
func (l levels) Swap(i, j int)      { l[i], l[j] = l[j], l[i] }
func (l *levels) Push(v any)        { *l = append(*l, v.(*level)) }
func (l *levels) Pop() any {
	last := len(*l) - 1
	v := (*l)[last]
	*l = slices.Delete(*l, last, last+1)
	return v
}

func (l *lane) len() int { return l.n }

func (l *lane) first() *Task {
	v := l.levels[0]
	return v.tasks[v.head]
}

func (l *lane) push(t *Task) {
	l.level(t.opts.Priority).push(t)
	l.n++
}

// level is that of a priority.
func (l *lane) level(priority int) *level {
	if len(l.levels) > 0 && l.levels[0].priority == priority {
		return l.levels[0]
	}
	v := l.of[priority]
	if v == nil {
		if v = l.spare; v == nil {
			v = new(level)
		}
		l.spare, v.priority = nil, priority
		if l.of == nil {
			l.of = make(map[int]*level)
		}
		l.of[priority] = v
		heap.Push(&l.levels, v)
	}
	return v
}

// pop takes out the first.
func (l *lane) pop() *Task {
	v := l.levels[0]
	t := v.tasks[v.head]
	v.tasks[v.head] = nil
	v.head++
	l.n--
	if v.head == len(v.tasks) {
		heap.Pop(&l.levels)
		delete(l.of, v.priority)
		v.tasks, v.head = v.tasks[:0], 0
		l.spare = v
	}
	return t
}

// push adds a task: a new one at the end, one that comes back where it was.
func (v *level) push(t *Task) {
	n := len(v.tasks)
	if n == v.head || v.tasks[n-1].seq < t.seq {
		if n == cap(v.tasks) && v.head > n/2 {
			v.tasks, v.head = slices.Delete(v.tasks, 0, v.head), 0
		}
		v.tasks = append(v.tasks, t)
		return
	}
	at, _ := slices.BinarySearchFunc(v.tasks[v.head:], t.seq, func(t *Task, seq uint64) int {
		if t.seq < seq {
			return -1
		}
		return 1
	})
	at += v.head
	if v.head == 0 {
		v.tasks = slices.Insert(v.tasks, at, t)
		return
	}
	copy(v.tasks[v.head-1:], v.tasks[v.head:at])
	v.head--
	v.tasks[at-1] = t
}
