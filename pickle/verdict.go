package pickle

import (
	"strings"
	"sync"
)

// A Verdict says what importing and calling a global may do to the Python that
// loads a pickle.
type Verdict uint8

const (
	// Harmless globals only make values: they are of Python's own data types.
	Harmless Verdict = iota
	// Unknown ones belong to modules that are not looked into here: importing
	// a module runs it, and so does calling what it names.
	Unknown
	// Dangerous ones run code, or reach files, processes or the network, with
	// what the pickle hands them.
	Dangerous
)

func (v Verdict) String() string {
	return [...]string{"harmless", "unknown", "DANGEROUS"}[v]
}

// harmless are the modules of data types, and what of them only makes values.
var harmless = wordsOf(map[string]string{
	"builtins": "NoneType Ellipsis NotImplemented bool bytearray bytes complex dict float frozenset int " +
		"list object range reversed set slice str tuple",
	"_codecs":                "encode",
	"array":                  "array _array_reconstructor",
	"collections":            "ChainMap Counter OrderedDict UserDict UserList UserString defaultdict deque",
	"copyreg":                "_reconstructor __newobj__ __newobj_ex__",
	"datetime":               "date datetime time timedelta timezone",
	"decimal":                "Decimal",
	"fractions":              "Fraction",
	"ipaddress":              "IPv4Address IPv4Interface IPv4Network IPv6Address IPv6Interface IPv6Network",
	"pathlib":                "PosixPath PurePath PurePosixPath PureWindowsPath WindowsPath",
	"pathlib._local":         "PosixPath PurePath PurePosixPath PureWindowsPath WindowsPath",
	"queue":                  "Empty Full ShutDown",
	"_queue":                 "Empty",
	"types":                  "SimpleNamespace",
	"uuid":                   "SafeUUID UUID",
	"zoneinfo":               "ZoneInfo._unpickle ZoneInfo",
	"numpy":                  "dtype ndarray",
	"numpy.core.multiarray":  "_reconstruct scalar",
	"numpy._core.multiarray": "_reconstruct scalar",
	"numpy.core.numeric":     "_frombuffer",
	"numpy._core.numeric":    "_frombuffer",
})

// dangerous are modules by whose functions a pickle does whatever it likes; "*"
// is all of a module.
var dangerous = wordsOf(map[string]string{
	"builtins": "__build_class__ __import__ breakpoint compile delattr eval exec execfile file getattr globals " +
		"input locals map open setattr vars",
	"_io": "*", "_posixsubprocess": "*", "_pyio": "*", "_socket": "*", "_thread": "*", "asyncio": "*",
	"bdb": "*", "cProfile": "*", "cloudpickle": "*", "code": "*", "codecs": "*", "commands": "*", "ctypes": "*",
	"dill": "*", "distutils": "*", "ftplib": "*", "functools": "partial reduce", "gc": "*", "http": "*",
	"imp": "*", "importlib": "*", "inspect": "*", "io": "*", "joblib": "*", "linecache": "*", "marshal": "*",
	"mmap": "*", "multiprocessing": "*", "nt": "*", "ntpath": "*", "operator": "*", "_operator": "*", "os": "*",
	"pdb": "*", "pickle": "*", "_pickle": "*", "pip": "*", "pkgutil": "*", "platform": "*", "popen2": "*",
	"posix": "*", "posixpath": "*", "profile": "*", "pty": "*", "pydoc": "*", "requests": "*", "runpy": "*",
	"shelve": "*", "shutil": "*", "signal": "*", "site": "*", "smtplib": "*", "socket": "*", "sqlite3": "*",
	"ssl": "*", "subprocess": "*", "sys": "*", "tempfile": "*", "threading": "*", "timeit": "*", "trace": "*",
	"types": "CodeType FunctionType LambdaType MethodType ModuleType", "urllib": "*", "venv": "*", "webbrowser": "*",
	"xmlrpc": "*", "zipimport": "*",
})

func wordsOf(lists map[string]string) func() map[string]map[string]bool {
	return sync.OnceValue(func() map[string]map[string]bool {
		words := make(map[string]map[string]bool, len(lists))
		for module, list := range lists {
			words[module] = map[string]bool{}
			for word := range strings.FieldsSeq(list) {
				words[module][word] = true
			}
		}
		return words
	})
}

// Judge says what a Python that imports g lets happen; names of Python 2 stand
// for those of Python 3. It knows Python's own modules and few others: that
// nothing is said against a global is no proof.
func Judge(g Global) Verdict {
	var c Codec
	if v := judge(g); v != Unknown {
		return v
	}
	return judge(c.globalIn(g, 2))
}

func judge(g Global) Verdict {
	if harmless()[g.Module][g.Name] {
		return Harmless
	}
	if _, ok := exceptionOf(g); ok {
		return Harmless
	}
	// A name with a dot reaches into what the module has; a module stands for
	// those beneath it.
	first, _, _ := strings.Cut(g.Name, ".")
	for module := g.Module; ; {
		if words := dangerous()[module]; words["*"] || words[first] && module == g.Module {
			return Dangerous
		}
		i := strings.LastIndexByte(module, '.')
		if i < 0 {
			return Unknown
		}
		module = module[:i]
	}
}
