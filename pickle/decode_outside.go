package pickle

import "fmt"

// outside executes the opcodes for what is not in the pickle.
func (d *decoder) outside(op byte) error {
	switch op {
	case opPersID:
		line, err := d.line()
		if err != nil {
			return err
		}
		id := string(line)
		if d.codec.passage.withinOld() || d.codec.Dialect.Python2 || !isASCII(id) { // a str of Python 2
			return d.persistent(ByteString(id), 0)
		}
		return d.persistent(id, 0)
	case opBinPersID:
		depth := d.depth()
		id, err := d.pop()
		if err != nil {
			return err
		}
		return d.persistent(id, depth)
	case opNextBuffer:
		if d.buffer == len(d.codec.Buffers) {
			return ErrBuffer
		}
		b := &Buffer{Bytes: d.codec.Buffers[d.buffer]}
		d.buffer++
		d.push(b)
		return d.charge(40)
	case opReadOnlyBuffer:
		v, err := d.pop()
		if err != nil {
			return err
		}
		b, ok := v.(*Buffer)
		if !ok {
			return fmt.Errorf("%s is no out-of-band buffer", describe(v))
		}
		d.push(&Buffer{b.Bytes, true})
		return d.charge(40)
	}
	return d.extension(op)
}

func (d *decoder) persistent(id any, depth int) error {
	if d.codec.PersistentLoad == nil {
		return ErrPersistent
	}
	if err := d.charge(32); err != nil {
		return err
	}
	v, err := d.codec.PersistentLoad(d.ctx, id)
	if err != nil {
		return err
	}
	return d.pushNested(v, depth+1)
}

func (d *decoder) extension(op byte) error {
	b, err := d.take(1 << (op - opExt1))
	if err != nil {
		return err
	}
	var code uint32
	for i, c := range b {
		code |= uint32(c) << (8 * i)
	}
	if d.codec.ExtensionLoad == nil {
		return fmt.Errorf("%w: %d", ErrExtension, int32(code))
	}
	if int32(code) <= 0 {
		return fmt.Errorf("extension code %d is not positive", int32(code))
	}
	v, err := d.codec.ExtensionLoad(d.ctx, int32(code))
	if err != nil {
		return err
	}
	d.push(v)
	return nil
}
