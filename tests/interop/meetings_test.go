package interop

import (
	"fmt"
	"testing"
)

// values has a write every value of a kind, and b read it.
func values(kind string) meeting {
	return func(t *testing.T, a, b *participant) string {
		s := &dialogue{t: t, a: a, b: b}
		d := s.make("dict", "")
		s.expect(a, "None", "shapes.write(opened('dict', %s), '%s')", d, kind)
		s.expect(b, "''", "shapes.read(opened('dict', %s), '%s', %s)", d, kind, truth(python2(a)))
		return s.drop()
	}
}

// truth is a bool as Python writes it.
func truth(b bool) string {
	if b {
		return "True"
	}
	return "False"
}

func bothWrite(t *testing.T, a, b *participant) string {
	s := &dialogue{t: t, a: a, b: b}
	l := s.make("list", ", [3, 1]")
	s.expect(b, "None", "opened('list', %s).append(2)", l)
	s.expect(a, "None", "opened('list', %s).sort()", l)
	s.expect(b, "[1, 2, 3]", "opened('list', %s)[:]", l)
	s.expect(b, "None", "opened('list', %s)[1:2] = [7, 8]", l)
	s.expect(a, "'[1, 7, 8, 3]'", "str(opened('list', %s))", l)
	s.expect(a, "4", "len(opened('list', %s))", l)
	// A str of Python 2 is text to Python 3 where it is ASCII, else bytes.
	s.expect(a, "None", "opened('list', %s).extend(['ascii', b'\\xff'])", l)
	s.expect(b, "True", "opened('list', %s).pop() == b'\\xff'", l)
	s.expect(b, "True", "opened('list', %s).pop() == 'ascii'", l)
	return s.drop()
}

func cells(t *testing.T, a, b *participant) string {
	s := &dialogue{t: t, a: a, b: b}
	n := s.make("Namespace", "")
	s.expect(a, "None", "opened('Namespace', %s).x = (1, None)", n)
	s.expect(b, "(1, None)", "opened('Namespace', %s).x", n)
	v := s.make("Value", ", 'd', 1.5")
	s.expect(b, "None", "opened('Value', %s).value = 2.5", v)
	s.expect(a, "2.5", "opened('Value', %s).value", v)
	l := s.make("Array", ", 'i', [1, 2, 3]")
	s.expect(b, "None", "opened('Array', %s)[0] = 9", l)
	s.expect(a, "array('i', [9, 2])", "opened('Array', %s)[0:2]", l)
	return s.drop()
}

// queue has b wait for what a puts later.
func queue(t *testing.T, a, b *participant) string {
	s := &dialogue{t: t, a: a, b: b}
	q := s.make("Queue", "")
	if s.err != "" {
		return s.drop()
	}
	b.send(t, "opened('Queue', %s).get(timeout=20)", q)
	s.expect(a, "None", "opened('Queue', %s).put([1, (2, None)])", q)
	if got := b.answer(t).Said; got != "[1, (2, None)]" && s.err == "" {
		s.err = fmt.Sprintf("%s got %s from the queue", b.name, got)
	}
	s.expect(a, "True", "opened('Queue', %s).empty()", q)
	b.send(t, "opened('Queue', %s).get(False)", q)
	if got := b.answer(t); (got.OK || got.Said != "Empty: ") && s.err == "" {
		s.err = fmt.Sprintf("%s got %s from an empty queue", b.name, got.Said)
	}
	return s.drop()
}

func event(t *testing.T, a, b *participant) string {
	s := &dialogue{t: t, a: a, b: b}
	e := s.make("Event", "")
	if s.err != "" {
		return s.drop()
	}
	b.send(t, "opened('Event', %s).wait(20) and opened('Event', %s).is_set()", e, e)
	s.expect(a, "None", "opened('Event', %s).set()", e)
	if got := b.answer(t).Said; got != "True" && s.err == "" {
		s.err = fmt.Sprintf("%s waited and said %s", b.name, got)
	}
	return s.drop()
}

// lock shows that anyone may release a Lock.
func lock(t *testing.T, a, b *participant) string {
	s := &dialogue{t: t, a: a, b: b}
	l := s.make("Lock", "")
	s.expect(a, "True", "opened('Lock', %s).acquire()", l)
	s.expect(b, "False", "opened('Lock', %s).acquire(False)", l)
	s.expect(b, "None", "opened('Lock', %s).release()", l)
	s.expect(a, "True", "opened('Lock', %s).acquire(False)", l)
	if s.err != "" {
		return s.drop()
	}
	b.send(t, "opened('Lock', %s).acquire()", l)
	s.expect(a, "None", "opened('Lock', %s).release()", l)
	if got := b.answer(t).Said; got != "True" && s.err == "" {
		s.err = fmt.Sprintf("%s waited for the lock and said %s", b.name, got)
	}
	return s.drop()
}

// rlock shows that only its owner may.
func rlock(t *testing.T, a, b *participant) string {
	s := &dialogue{t: t, a: a, b: b}
	l := s.make("RLock", "")
	s.expect(a, "True", "bool(opened('RLock', %s).acquire())", l)
	s.expect(a, "True", "bool(opened('RLock', %s).acquire())", l)
	s.expect(b, "False", "bool(opened('RLock', %s).acquire(False))", l)
	s.expect(b, "RuntimeError: cannot release un-acquired lock", "opened('RLock', %s).release()", l)
	s.expect(a, "None", "opened('RLock', %s).release()", l)
	s.expect(a, "None", "opened('RLock', %s).release()", l)
	s.expect(b, "True", "bool(opened('RLock', %s).acquire(False))", l)
	s.expect(b, "None", "opened('RLock', %s).release()", l)
	return s.drop()
}

// condition has b wait; a gets in only while b waits, and notifies.
func condition(t *testing.T, a, b *participant) string {
	s := &dialogue{t: t, a: a, b: b}
	c := s.make("Condition", "")
	s.expect(b, "True", "bool(opened('Condition', %s).acquire())", c)
	if s.err != "" {
		return s.drop()
	}
	b.send(t, "opened('Condition', %s).wait(20)", c)
	s.expect(a, "True", "bool(opened('Condition', %s).acquire())", c)
	s.expect(a, "None", "opened('Condition', %s).notify()", c)
	s.expect(a, "None", "opened('Condition', %s).release()", c)
	if got := b.answer(t).Said; got != "True" && got != "None" && s.err == "" {
		s.err = fmt.Sprintf("%s waited and said %s", b.name, got)
	}
	s.expect(b, "None", "opened('Condition', %s).release()", c)
	return s.drop()
}

// nested has proxies travel inside of objects, in both directions.
func nested(t *testing.T, a, b *participant) string {
	s := &dialogue{t: t, a: a, b: b}
	d := s.make("dict", "")
	s.expect(a, "None", "opened('dict', %s).update(mine=m.list([1]))", d)
	s.expect(b, "'ListProxy'", "type(opened('dict', %s)['mine']).__name__", d)
	s.expect(b, "None", "opened('dict', %s)['mine'].append(2)", d)
	s.expect(a, "'[1, 2]'", "str(opened('dict', %s)['mine'])", d)
	s.expect(b, "None", "opened('dict', %s)['theirs'] = [m.Namespace(v=5), (m.Queue(),)]", d)
	// Both have named classes of their package, multiprocessing or multiprocess, and get what comes under its names.
	s.expect(a, "True", "type(opened('dict', %s)['theirs'][0]) is client.managers.NamespaceProxy", d)
	s.expect(b, "True", "type(opened('dict', %s)['mine']) is client.managers.ListProxy", d)
	s.expect(a, "5", "opened('dict', %s)['theirs'][0].v", d)
	s.expect(a, "None", "opened('dict', %s)['theirs'][1][0].put('x')", d)
	s.expect(b, "'x'", "str(opened('dict', %s)['theirs'][1][0].get(timeout=5))", d)
	return s.drop()
}

// handedOver has a pickle proxies as it would for any channel of its own, and b use what came. A name
// that Python 3 wrote is no str to Python 2, which so cannot make the class of an AutoProxy.
func handedOver(t *testing.T, a, b *participant) string {
	s := &dialogue{t: t, a: a, b: b}
	hand := func(expression string) string {
		if s.err != "" {
			return "None"
		}
		a.send(t, "pickled(%s)", expression)
		came := a.answer(t)
		if !came.OK {
			s.err = fmt.Sprintf("%s cannot pickle %s: %s", a.name, expression, came.Said)
		}
		return fmt.Sprintf("unpickled(%s)", came.Said)
	}
	d := s.make("dict", "")
	s.expect(a, "None", "opened('dict', %s).update(l=m.list([1]), n=m.Namespace(v=5))", d)
	both := hand(fmt.Sprintf("[opened('dict', %s), opened('dict', %s)['l'], opened('dict', %s)['n']]", d, d, d))
	s.expect(b, "['DictProxy', 'ListProxy', 'NamespaceProxy']", "[type(x).__name__ for x in %s]", both)
	s.expect(b, "None", "[%s[1].append(2)] and None", both)
	s.expect(b, "True", "%s[0]['l'][:] == [1, 2] and %s[2].v == 5", both, both)
	s.expect(a, "'[1, 2]'", "str(opened('dict', %s)['l'])", d)
	if python2(a) || python3(b) {
		s.expect(a, "None", "opened('dict', %s).update(q=m.Queue())", d)
		s.expect(b, "None", "%s.put(7)", hand(fmt.Sprintf("opened('dict', %s)['q']", d)))
		s.expect(a, "7", "opened('dict', %s)['q'].get(timeout=5)", d)
	}
	return s.drop()
}

// named has both ask for the same objects by name.
func named(t *testing.T, a, b *participant) string {
	s := &dialogue{t: t, a: a, b: b}
	s.expect(a, "None", "m.get_queue().put(7)")
	s.expect(b, "7", "m.get_queue().get(timeout=20)")
	s.expect(a, "None", "m.state().update({'k': [1]})")
	s.expect(b, "[1]", "m.state().pop('k')")
	return s.drop()
}

// lambda has dill carry a closure to another process of the same interpreter.
func lambda(t *testing.T, p *participant) string {
	other := &participant{name: p.name + " (second)", py: p.py, env: p.env}
	other.peer = other.start(t)
	s := &dialogue{t: t, a: p, b: other}
	d := s.make("dict", "")
	s.expect(p, "None", "opened('dict', %s).update(f=shapes.times(6))", d)
	s.expect(other, "42", "opened('dict', %s)['f'](7)", d)
	s.expect(other, "None", "opened('dict', %s).update(g=opened('dict', %s)['f'])", d, d)
	s.expect(p, "12", "opened('dict', %s)['g'](2)", d)
	return s.drop()
}
