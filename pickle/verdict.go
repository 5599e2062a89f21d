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
	"__builtin__":            "long", // of these, Python 3 has one name
	"_codecs":                "encode",
	"_io":                    "BytesIO StringIO",
	"_pydatetime":            "date datetime time timedelta timezone tzinfo",
	"_pydecimal":             decimals,
	"array":                  "array _array_reconstructor",
	"collections":            "ChainMap Counter OrderedDict UserDict UserList UserString defaultdict deque",
	"copyreg":                "_reconstructor __newobj__ __newobj_ex__",
	"datetime":               "date datetime time timedelta timezone tzinfo",
	"decimal":                decimals,
	"exceptions":             "EnvironmentError IOError StandardError WindowsError",
	"fractions":              "Fraction",
	"http.cookies":           "Morsel SimpleCookie",
	"inspect":                "BoundArguments Parameter Signature _ParameterKind _empty",
	"io":                     "BytesIO StringIO",
	"ipaddress":              "IPv4Address IPv4Interface IPv4Network IPv6Address IPv6Interface IPv6Network",
	"os":                     "_make_stat_result _make_statvfs_result stat_result statvfs_result terminal_size times_result uname_result",
	"pathlib":                "PosixPath PurePath PurePosixPath PureWindowsPath WindowsPath",
	"pathlib._local":         "PosixPath PurePath PurePosixPath PureWindowsPath WindowsPath",
	"platform":               "uname_result",
	"plistlib":               "UID",
	"queue":                  "Empty Full ShutDown",
	"_queue":                 "Empty",
	"random":                 "Random",
	"re":                     "_compile",
	"statistics":             "NormalDist",
	"time":                   "struct_time",
	"types":                  "GenericAlias SimpleNamespace",
	"uuid":                   "SafeUUID UUID",
	"zoneinfo":               "ZoneInfo._unpickle ZoneInfo",
	"numpy":                  "dtype ndarray",
	"numpy.core.multiarray":  "_reconstruct scalar",
	"numpy._core.multiarray": "_reconstruct scalar",
	"numpy.core.numeric":     "_frombuffer",
	"numpy._core.numeric":    "_frombuffer",
})

// decimals are Decimal, a context, and its signals.
const decimals = "Clamped Context ConversionSyntax Decimal DecimalException DecimalTuple DivisionByZero DivisionImpossible " +
	"DivisionUndefined FloatOperation Inexact InvalidContext InvalidOperation Overflow Rounded Subnormal Underflow"

// dangerous are modules by whose functions a pickle does whatever it likes; "*"
// is all of a module. What is written in C has a name of its own, with an underscore.
var dangerous = wordsOf(map[string]string{
	"builtins": "__build_class__ __import__ apply breakpoint compile delattr eval exec execfile exit file filter getattr globals help " +
		"input locals map open quit raw_input reload setattr vars",
	"_aix_support": "*", "_asyncio": "*", "_codecs": "lookup register register_error unregister",
	"_ctypes": "*", "_curses": "*", "_dbm": "*", "_frozen_importlib": "*", "_frozen_importlib_external": "*",
	"_functools": "partial reduce", "_gdbm": "*", "_imp": "*", "_interpreters": "*", "_io": "*", "_lsprof": "*", "_multiprocessing": "*",
	"_osx_support": "*", "_pickle": "*", "_posixshmem": "*", "_posixsubprocess": "*", "_pyio": "*", "_pyrepl": "*", "_signal": "*",
	"_sitebuiltins": "*", "_socket": "*", "_sqlite3": "*", "_sre": "*", "_ssl": "*", "_testcapi": "*", "_thread": "*",
	"_tkinter": "*", "_winapi": "*", "_xxsubinterpreters": "*",
	"aiohttp": "*", "antigravity": "*", "asyncio": "*", "asyncore": "*", "atexit": "*", "bdb": "*", "billiard": "*", "bz2": "*",
	"cPickle": "*", "cProfile": "*", "cgitb": "*", "cloudpickle": "*", "code": "*", "codecs": "*", "codeop": "*", "commands": "*",
	"compileall": "*", "concurrent": "*", "copyreg": "add_extension clear_extension_cache pickle remove_extension", "ctypes": "*", "curses": "*",
	"dbm": "*", "dill": "*", "distutils": "*", "doctest": "*", "ensurepip": "*", "faulthandler": "*", "fcntl": "*",
	"fileinput": "*", "ftplib": "*", "functools": "partial partialmethod reduce", "gc": "*", "glob": "*", "gzip": "*", "http": "*",
	"httplib2": "*", "httpx": "*", "idlelib": "*", "imaplib": "*", "imp": "*", "importlib": "*", "inspect": "*", "io": "*",
	"joblib": "*", "lib2to3": "*", "linecache": "*", "logging": "FileHandler basicConfig", "logging.config": "*", "logging.handlers": "*",
	"loky": "*", "lzma": "*", "mailbox": "*", "marshal": "*", "mmap": "*", "multiprocess": "*", "multiprocessing": "*",
	"netrc": "*", "nntplib": "*", "nt": "*", "ntpath": "*", "numpy": "DataSource fromfile fromregex genfromtxt load loadtxt memmap save savetxt savez",
	"numpy.ctypeslib": "*", "numpy.distutils": "*", "numpy.f2py": "*", "numpy.lib.npyio": "*", "numpy.testing": "*",
	"operator": "*", "_operator": "*", "os": "*", "pandas": "eval read_csv read_pickle read_hdf read_sql", "pandas.core.computation": "*", "pandas.io": "*",
	"paramiko": "*", "pdb": "*", "pickle": "*", "pip": "*", "pipes": "*", "pkg_resources": "*", "pkgutil": "*", "platform": "*",
	"poplib": "*", "popen2": "*", "posix": "*", "posixpath": "*", "profile": "*", "pstats": "*", "pty": "*", "py_compile": "*", "pyclbr": "*",
	"pydoc": "*", "readline": "*", "requests": "*", "resource": "*", "rlcompleter": "*", "runpy": "*", "sched": "*", "select": "*",
	"selectors": "*", "setuptools": "*", "shelve": "*", "shutil": "*", "signal": "*", "site": "*", "smtplib": "*", "socket": "*",
	"socketserver": "*", "sqlite3": "*", "ssl": "*", "subprocess": "*", "sys": "*", "sysconfig": "*", "syslog": "*", "tarfile": "*",
	"telnetlib": "*", "tempfile": "*", "test.support": "*", "threading": "*", "timeit": "*", "tkinter": "*", "trace": "*", "tracemalloc": "*", "turtle": "*",
	"torch": "load", "torch._dynamo": "*", "torch._inductor": "*", "torch.distributed": "*", "torch.hub": "*", "torch.jit": "*",
	"torch.package": "*", "torch.serialization": "*", "torch.storage": "_load_from_bytes", "torch.utils": "*",
	"types":  "CodeType FunctionType LambdaType MethodType ModuleType new_class prepare_class",
	"typing": "_eval_type get_type_hints", "unittest": "*", "urllib": "*", "urllib3": "*", "uuid": "_get_command_stdout _popen getnode",
	"venv": "*", "weakref": "finalize", "webbrowser": "*", "winreg": "*", "wsgiref": "*", "xmlrpc": "*", "yaml": "*",
	"zipapp": "*", "zipfile": "*", "zipimport": "*",
})

// inward are attributes by which whatever is at hand leads to everything else.
var inward = wordsOf(map[string]string{"": "__base__ __bases__ __builtins__ __class__ __closure__ __code__ __delattr__ __dict__ " +
	"__func__ __getattr__ __getattribute__ __globals__ __import__ __loader__ __mro__ __self__ __setattr__ __spec__ __subclasses__ " +
	"f_globals f_locals gi_frame mro tb_frame"})

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
	// A name with a dot reaches into what the module has, which may be another module
	// that it imports; a module stands for those beneath it.
	for part := range strings.SplitSeq(g.Name, ".") {
		if inward()[""][part] || part != g.Name && dangerous()[part]["*"] {
			return Dangerous
		}
	}
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
