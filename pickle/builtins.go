package pickle

// isBuiltin tells whether the global is in builtins, under any name of it.
func (g Global) isBuiltin() bool { return g.Module == "builtins" || g.Module == "__builtin__" }

// current returns the global under the name that Python 3 shows; its own
// pickles of protocol 2 call int long.
func (g Global) current() Global {
	if !g.isBuiltin() {
		return g
	}
	if name := renamedBuiltins[g.Name]; name != "" {
		return Global{"builtins", name}
	}
	return Global{"builtins", g.Name}
}

var renamedBuiltins = map[string]string{
	"basestring": "str", "long": "int", "unicode": "str", "unichr": "chr", "xrange": "range",
}

// isBuiltinFunction tells a function of builtins from a class.
func (g Global) isBuiltinFunction() bool { return g.isBuiltin() && builtinFunctions[g.Name] }

var builtinFunctions = map[string]bool{
	"__build_class__": true, "__import__": true, "abs": true, "aiter": true, "all": true,
	"anext": true, "any": true, "ascii": true, "bin": true, "breakpoint": true,
	"callable": true, "chr": true, "compile": true, "delattr": true, "dir": true,
	"divmod": true, "eval": true, "exec": true, "format": true, "getattr": true,
	"globals": true, "hasattr": true, "hash": true, "hex": true, "id": true,
	"input": true, "isinstance": true, "issubclass": true, "iter": true, "len": true,
	"locals": true, "max": true, "min": true, "next": true, "oct": true,
	"open": true, "ord": true, "pow": true, "print": true, "repr": true,
	"round": true, "setattr": true, "sorted": true, "sum": true, "vars": true,
}
