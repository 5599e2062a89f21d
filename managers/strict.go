package managers

import (
	"fmt"
	"strings"

	"github.com/brine-go/brine/pickle"
)

// builtinGlobals are what values of builtin types, exceptions and proxies name.
var builtinGlobals = []string{
	"_codecs.encode", "array.array", "copyreg._reconstructor",
	"builtins.bytearray", "builtins.complex", "builtins.dict", "builtins.frozenset", "builtins.getattr",
	"builtins.list", "builtins.object", "builtins.range", "builtins.set", "builtins.slice", "builtins.tuple",
	"builtins.Ellipsis", "builtins.NotImplemented",
	"__builtin__.bytearray", "__builtin__.complex", "__builtin__.frozenset", "__builtin__.set",
	"__builtin__.slice", "__builtin__.xrange",
	"collections.OrderedDict",
}

var proxyGlobals = []string{
	"Token", "RebuildProxy", "AutoProxy", "ListProxy", "DictProxy", "SetProxy", "ArrayProxy", "AcquirerProxy",
	"ConditionProxy", "EventProxy", "BarrierProxy", "NamespaceProxy", "ValueProxy", "IteratorProxy", "PoolProxy",
	"Namespace", "Value",
}

// allowList is what a strict server lets in.
func allowList(cfg Config) map[string]bool {
	if !cfg.Strict {
		return nil
	}
	allowed := make(map[string]bool)
	for _, name := range append(builtinGlobals, cfg.AllowGlobals...) {
		allowed[name] = true
	}
	for _, name := range proxyGlobals {
		allowed["multiprocessing.managers."+name] = true
	}
	for _, name := range []string{"queue.Empty", "queue.Full", "_queue.Empty", "threading.BrokenBarrierError"} {
		allowed[name] = true
	}
	return allowed
}

// builtinException reports whether the name is that of an exception class of
// either Python's builtins.
func builtinException(module, name string) bool {
	if module != "builtins" && module != "exceptions" {
		return false
	}
	for _, suffix := range []string{"Error", "Exception", "Warning", "Iteration", "Exit", "Interrupt"} {
		if strings.HasSuffix(name, suffix) {
			return true
		}
	}
	return false
}

func forbidden(module, name string) error {
	return pickle.ExceptionClass("_pickle.UnpicklingError").New(
		fmt.Sprintf("global '%s.%s' is forbidden: this server is strict", module, name))
}
