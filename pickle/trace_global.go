package pickle

import "bytes"

// global executes GLOBAL and STACK_GLOBAL.
func (t *tracer) global(in Instruction) error {
	if in.Op == opGlobal {
		t.push(t.named(in, int32(in.Offset), int32(in.Offset)))
		return nil
	}
	height := len(t.stack) - 2
	if height < t.fence {
		return ErrUnderflow
	}
	var at [2]int32
	for i, v := range t.stack[height:] {
		at[i] = -1
		if v.kind == traceText || v.kind == traceText2 {
			at[i] = v.at
		}
	}
	t.replace(height, t.named(in, at[0], at[1]))
	return nil
}

// named notes that the pickle names a global.
func (t *tracer) named(in Instruction, module, name int32) traced {
	t.imports = append(t.imports, traceImport{int32(in.Offset), module, name, -1, -1})
	return traced{int32(in.Offset), int32(len(t.imports) - 1), traceGlobal}
}

// globalOf returns the global as it is written in the pickle. What is no
// string is shown as a question mark, and no more than the beginning of a long
// one: a pickle may use it a million times.
func (t *tracer) globalOf(i traceImport) Global {
	if i.module == i.at {
		in, _ := instructionAt(t.data, int(i.at))
		module, name, _ := bytes.Cut(in.Arg, []byte{'\n'})
		return Global{nameOf(module), nameOf(name)}
	}
	return Global{t.text(i.module), t.text(i.name)}
}

// text returns the string that the opcode at an offset pushes.
func (t *tracer) text(at int32) string {
	if at < 0 {
		return "?"
	}
	in, _ := instructionAt(t.data, int(at))
	text, _ := textArg(in.Op, in.Arg)
	return nameOf(text)
}

// longName is the length from which on names are cut.
const longName = 200

func nameOf(b []byte) string {
	if len(b) > longName {
		return string(b[:longName]) + "…"
	}
	return string(b)
}
