package pickle

import (
	"strings"
	"testing"
)

// What pickles in the wild name, and what pickles that attack do, as "module name".
func TestJudge(t *testing.T) {
	for verdict, lists := range map[Verdict][]string{
		Harmless: {
			"builtins set", "builtins complex", "builtins KeyError", "builtins OSError", "__builtin__ set", "__builtin__ unicode", "__builtin__ xrange",
			"__builtin__ long", "exceptions ValueError", "exceptions IOError", "copy_reg _reconstructor", "copyreg __newobj__", "_codecs encode",
			"collections OrderedDict", "collections defaultdict", "datetime datetime", "datetime timezone", "datetime tzinfo",
			"_pydatetime datetime", "decimal Decimal", "decimal Context", "decimal Inexact", "decimal FloatOperation", "_pydecimal Context",
			"fractions Fraction", "uuid UUID", "pathlib PosixPath", "ipaddress IPv4Address", "types SimpleNamespace", "types GenericAlias",
			"zoneinfo ZoneInfo._unpickle", "io BytesIO", "_io StringIO", "os stat_result", "platform uname_result", "time struct_time",
			"random Random", "re _compile", "Cookie SimpleCookie", "inspect Signature", "numpy dtype", "numpy.core.multiarray _reconstruct",
			"Queue Empty", "array array",
		},
		Unknown: {
			"app.models User", "__main__ Point", "osx system", "torch FloatStorage", "torch._utils _rebuild_tensor_v2", "sklearn.svm SVC", "pandas DataFrame",
			"builtins type", "builtins iter", "itertools chain", "typing Optional", "logging getLogger", "__builtin__ type", "m C.D", "uuid uuid4",
			"Datetime datetime", "builtins Set", "tests helpers", "testing.support run",
		},
		Dangerous: {
			"os system", "os popen", "os.path exists", "posix system", "nt system", "posixpath join", "subprocess Popen", "subprocess check_output",
			"_posixsubprocess fork_exec", "commands getoutput", "popen2 popen3", "pty spawn", "socket socket", "_socket socket", "shutil rmtree",
			"builtins eval", "builtins exec", "builtins getattr", "builtins __import__", "builtins open", "builtins compile", "builtins breakpoint",
			"builtins map", "builtins filter", "builtins help", "__builtin__ eval", "__builtin__ execfile", "__builtin__ file", "__builtin__ apply",
			"__builtin__ reload", "__builtin__ input", "__builtin__ raw_input", "__builtin__ getattr", "importlib import_module", "importlib.util x", "imp load_source",
			"_imp create_dynamic", "_frozen_importlib BuiltinImporter", "operator attrgetter", "operator methodcaller", "_operator itemgetter",
			"functools partial", "functools reduce", "_functools partial", "__builtin__ reduce", "types CodeType", "types FunctionType",
			"types new_class", "ctypes CDLL", "_ctypes dlopen", "webbrowser open", "antigravity x", "code InteractiveInterpreter", "runpy run_path",
			"timeit timeit", "pdb run", "bdb Bdb.run", "cProfile run", "trace Trace.run", "doctest debug_script", "asyncio create_subprocess_shell",
			"asyncio.unix_events _UnixSubprocessTransport._start", "asyncio.subprocess x", "concurrent.futures.process _process_worker", "multiprocessing.dummy.x Pool",
			"multiprocess.managers RebuildProxy", "pickle loads", "cPickle loads", "_pickle load", "marshal loads", "dill._dill _create_function",
			"cloudpickle.cloudpickle _make_function", "joblib load", "joblib.numpy_pickle load", "loky.process_executor x", "torch load", "torch.hub load",
			"torch.storage _load_from_bytes", "torch.jit.unsupported_tensor_ops execWrapper", "torch._dynamo.guards GuardBuilder.get", "numpy load", "numpy.f2py.crackfortran x",
			"numpy.testing._private.utils runstring", "pandas read_pickle", "pandas.io.pickle read_pickle", "copyreg pickle", "copy_reg add_extension", "_codecs register",
			"codecs open", "uuid _popen", "pydoc pipepager", "_pyrepl.pager pipe_pager", "_osx_support _read_output", "ensurepip _run_pip", "pip main",
			"idlelib.pyshell ModifiedInterpreter.runcode", "lib2to3.pgen2.grammar Grammar.loads", "logging.config dictConfig", "imaplib IMAP4_stream",
			"ssl get_server_certificate", "urllib.request urlopen", "urllib2 urlopen", "httplib HTTPConnection", "smtplib SMTP", "tarfile open", "zipimport zipimporter",
			"sqlite3 connect", "_sqlite3 connect", "tempfile mktemp", "signal signal", "atexit register", "weakref finalize", "typing get_type_hints",
			"unittest.mock _importer", "yaml load", "sys exit", "sys modules", "gc get_objects", "inspect getattr_static", "test.support.script_helper assert_python_ok",
			// ways round the module's name
			"logging os.system", "uuid os.system", "m subprocess.Popen", "builtins object.__subclasses__", "m C.__init__.__globals__", "m __builtins__",
			"m f.__code__", "builtins str.__class__.__base__", "datetime sys.modules", "m __loader__", "builtins type.mro",
		},
	} {
		for _, what := range lists {
			module, name, _ := strings.Cut(what, " ")
			if got := Judge(Global{module, name}); got != verdict {
				t.Errorf("%s is %v, want %v", what, got, verdict)
			}
		}
	}
}
