package pickle

import (
	"strings"
	"sync"
)

// Python 3 gave many modules of Python 2 other names. The tables follow its
// _compat_pickle: a name is looked up first, then its module.

const modulesTo3 = `
	BaseHTTPServer=http.server CGIHTTPServer=http.server ConfigParser=configparser
	Cookie=http.cookies Dialog=tkinter.dialog DocXMLRPCServer=xmlrpc.server
	FileDialog=tkinter.filedialog HTMLParser=html.parser Queue=queue
	ScrolledText=tkinter.scrolledtext SimpleDialog=tkinter.simpledialog
	SimpleHTTPServer=http.server SimpleXMLRPCServer=xmlrpc.server
	SocketServer=socketserver StringIO=io Tix=tkinter.tix Tkconstants=tkinter.constants
	Tkdnd=tkinter.dnd Tkinter=tkinter UserDict=collections UserList=collections
	UserString=collections __builtin__=builtins _abcoll=collections.abc
	_elementtree=xml.etree.ElementTree _winreg=winreg anydbm=dbm cPickle=pickle
	cStringIO=io commands=subprocess cookielib=http.cookiejar copy_reg=copyreg
	dbhash=dbm.bsd dbm=dbm.ndbm dumbdbm=dbm.dumb dummy_thread=_dummy_thread gdbm=dbm.gnu
	htmlentitydefs=html.entities httplib=http.client markupbase=_markupbase repr=reprlib
	robotparser=urllib.robotparser test.test_support=test.support thread=_thread
	tkColorChooser=tkinter.colorchooser tkCommonDialog=tkinter.commondialog
	tkFileDialog=tkinter.filedialog tkFont=tkinter.font tkMessageBox=tkinter.messagebox
	tkSimpleDialog=tkinter.simpledialog ttk=tkinter.ttk urllib2=urllib.request
	urlparse=urllib.parse whichdb=dbm xmlrpclib=xmlrpc.client
`

// modulesTo2 has also what is not the reverse of modulesTo3.
const modulesTo2 = `
	_bz2=bz2 _dbm=dbm _dummy_thread=dummy_thread _functools=functools _gdbm=gdbm
	_markupbase=markupbase _pickle=pickle _thread=thread builtins=__builtin__
	collections.abc=_abcoll configparser=ConfigParser copyreg=copy_reg dbm=anydbm
	dbm.bsd=dbhash dbm.dumb=dumbdbm dbm.gnu=gdbm dbm.ndbm=dbm html.entities=htmlentitydefs
	html.parser=HTMLParser http.client=httplib http.cookiejar=cookielib
	http.cookies=Cookie http.server=BaseHTTPServer queue=Queue reprlib=repr
	socketserver=SocketServer subprocess=commands test.support=test.test_support
	tkinter=Tkinter tkinter.colorchooser=tkColorChooser
	tkinter.commondialog=tkCommonDialog tkinter.constants=Tkconstants
	tkinter.dialog=Dialog tkinter.dnd=Tkdnd tkinter.filedialog=tkFileDialog
	tkinter.font=tkFont tkinter.messagebox=tkMessageBox tkinter.scrolledtext=ScrolledText
	tkinter.simpledialog=tkSimpleDialog tkinter.tix=Tix tkinter.ttk=ttk
	urllib.parse=urlparse urllib.request=urllib2 urllib.robotparser=robotparser
	winreg=_winreg xmlrpc.client=xmlrpclib xmlrpc.server=SimpleXMLRPCServer
`

const namesTo3 = `
	UserDict.IterableUserDict=collections.UserDict UserDict.UserDict=collections.UserDict
	UserList.UserList=collections.UserList UserString.UserString=collections.UserString
	__builtin__.basestring=builtins.str __builtin__.intern=sys.intern
	__builtin__.long=builtins.int __builtin__.reduce=functools.reduce
	__builtin__.unichr=builtins.chr __builtin__.unicode=builtins.str
	__builtin__.xrange=builtins.range
	_multiprocessing.Connection=multiprocessing.connection.Connection
	_socket.fromfd=socket.fromfd exceptions.StandardError=builtins.Exception
	itertools.ifilter=builtins.filter itertools.ifilterfalse=itertools.filterfalse
	itertools.imap=builtins.map itertools.izip=builtins.zip
	itertools.izip_longest=itertools.zip_longest
	multiprocessing.AuthenticationError=multiprocessing.context.AuthenticationError
	multiprocessing.BufferTooShort=multiprocessing.context.BufferTooShort
	multiprocessing.ProcessError=multiprocessing.context.ProcessError
	multiprocessing.TimeoutError=multiprocessing.context.TimeoutError
	multiprocessing.forking.Popen=multiprocessing.popen_fork.Popen
	multiprocessing.process.Process=multiprocessing.context.Process
	socket._socketobject=socket.SocketType
	urllib.ContentTooShortError=urllib.error.ContentTooShortError
	urllib.getproxies=urllib.request.getproxies
	urllib.pathname2url=urllib.request.pathname2url urllib.quote=urllib.parse.quote
	urllib.quote_plus=urllib.parse.quote_plus urllib.unquote=urllib.parse.unquote
	urllib.unquote_plus=urllib.parse.unquote_plus
	urllib.url2pathname=urllib.request.url2pathname
	urllib.urlcleanup=urllib.request.urlcleanup urllib.urlencode=urllib.parse.urlencode
	urllib.urlopen=urllib.request.urlopen urllib.urlretrieve=urllib.request.urlretrieve
	urllib2.HTTPError=urllib.error.HTTPError urllib2.URLError=urllib.error.URLError
	whichdb.whichdb=dbm.whichdb
`

const namesTo2 = `
	_functools.reduce=__builtin__.reduce _socket.socket=socket._socketobject
	builtins.BrokenPipeError=exceptions.OSError
	builtins.ChildProcessError=exceptions.OSError
	builtins.ConnectionAbortedError=exceptions.OSError
	builtins.ConnectionError=exceptions.OSError
	builtins.ConnectionRefusedError=exceptions.OSError
	builtins.ConnectionResetError=exceptions.OSError
	builtins.FileExistsError=exceptions.OSError
	builtins.FileNotFoundError=exceptions.OSError
	builtins.InterruptedError=exceptions.OSError
	builtins.IsADirectoryError=exceptions.OSError
	builtins.ModuleNotFoundError=exceptions.ImportError
	builtins.NotADirectoryError=exceptions.OSError
	builtins.PermissionError=exceptions.OSError
	builtins.ProcessLookupError=exceptions.OSError
	builtins.TimeoutError=exceptions.OSError builtins.chr=__builtin__.unichr
	builtins.filter=itertools.ifilter
	builtins.map=itertools.imap builtins.range=__builtin__.xrange
	builtins.str=__builtin__.unicode builtins.zip=itertools.izip
	collections.UserDict=UserDict.IterableUserDict collections.UserList=UserList.UserList
	collections.UserString=UserString.UserString dbm.whichdb=whichdb.whichdb
	functools.reduce=__builtin__.reduce
	http.server.CGIHTTPRequestHandler=CGIHTTPServer.CGIHTTPRequestHandler
	http.server.SimpleHTTPRequestHandler=SimpleHTTPServer.SimpleHTTPRequestHandler
	itertools.filterfalse=itertools.ifilterfalse
	itertools.zip_longest=itertools.izip_longest
	multiprocessing.connection.Connection=_multiprocessing.Connection
	multiprocessing.context.AuthenticationError=multiprocessing.AuthenticationError
	multiprocessing.context.BufferTooShort=multiprocessing.BufferTooShort
	multiprocessing.context.Process=multiprocessing.process.Process
	multiprocessing.context.ProcessError=multiprocessing.ProcessError
	multiprocessing.context.TimeoutError=multiprocessing.TimeoutError
	multiprocessing.popen_fork.Popen=multiprocessing.forking.Popen
	socket.fromfd=_socket.fromfd sys.intern=__builtin__.intern
	tkinter.filedialog.FileDialog=FileDialog.FileDialog
	tkinter.filedialog.LoadFileDialog=FileDialog.LoadFileDialog
	tkinter.filedialog.SaveFileDialog=FileDialog.SaveFileDialog
	tkinter.simpledialog.SimpleDialog=SimpleDialog.SimpleDialog
	urllib.error.ContentTooShortError=urllib.ContentTooShortError
	urllib.error.HTTPError=urllib2.HTTPError urllib.error.URLError=urllib2.URLError
	urllib.parse.quote=urllib.quote urllib.parse.quote_plus=urllib.quote_plus
	urllib.parse.unquote=urllib.unquote urllib.parse.unquote_plus=urllib.unquote_plus
	urllib.parse.urlencode=urllib.urlencode urllib.request.getproxies=urllib.getproxies
	urllib.request.pathname2url=urllib.pathname2url
	urllib.request.url2pathname=urllib.url2pathname
	urllib.request.urlcleanup=urllib.urlcleanup urllib.request.urlopen=urllib.urlopen
	urllib.request.urlretrieve=urllib.urlretrieve
	xmlrpc.server.DocCGIXMLRPCRequestHandler=DocXMLRPCServer.DocCGIXMLRPCRequestHandler
	xmlrpc.server.DocXMLRPCRequestHandler=DocXMLRPCServer.DocXMLRPCRequestHandler
	xmlrpc.server.DocXMLRPCServer=DocXMLRPCServer.DocXMLRPCServer
	xmlrpc.server.ServerHTMLDoc=DocXMLRPCServer.ServerHTMLDoc
	xmlrpc.server.XMLRPCDocGenerator=DocXMLRPCServer.XMLRPCDocGenerator
`

// exceptions2 are the classes of Python 2's module exceptions that have the
// same name in builtins.
const exceptions2 = `
	ArithmeticError AssertionError AttributeError BaseException BufferError BytesWarning
	DeprecationWarning EOFError EnvironmentError Exception FloatingPointError
	FutureWarning GeneratorExit IOError ImportError ImportWarning IndentationError
	IndexError KeyError KeyboardInterrupt LookupError MemoryError NameError
	NotImplementedError OSError OverflowError PendingDeprecationWarning ReferenceError
	RuntimeError RuntimeWarning StopIteration SyntaxError SyntaxWarning SystemError
	SystemExit TabError TypeError UnboundLocalError UnicodeDecodeError UnicodeEncodeError
	UnicodeError UnicodeTranslateError UnicodeWarning UserWarning ValueError Warning
	ZeroDivisionError
`

func parseModules(text string) map[string]string {
	m := map[string]string{}
	for pair := range strings.FieldsSeq(text) {
		from, to, _ := strings.Cut(pair, "=")
		m[from] = to
	}
	return m
}

func parseGlobals(text string) map[Global]Global {
	m := map[Global]Global{}
	for from, to := range parseModules(text) {
		m[ExceptionClass(from).global()] = ExceptionClass(to).global()
	}
	return m
}

// renames are those tables as maps, and what Python 2 wrote that keeps its name
// when it is read, beside what leads back to another: two types became one, and
// a Python 2 that gets the object back must find the one it meant.
type renames struct {
	modulesTo3, modulesTo2 map[string]string
	namesTo3, namesTo2     map[Global]Global
	kept                   map[Global]bool
	keptModules            map[string]bool // all other names of them
}

// renamed is made for the first Python 2 only: it takes time at the start of a
// program.
var renamed = sync.OnceValue(func() *renames {
	r := &renames{
		modulesTo3: parseModules(modulesTo3), modulesTo2: parseModules(modulesTo2),
		namesTo3: parseGlobals(namesTo3), namesTo2: parseGlobals(namesTo2),
		// The last is no name at all, but dill's word for the main module.
		kept:        map[Global]bool{{"__builtin__", "str"}: true, dillMain: true},
		keptModules: map[string]bool{},
	}
	for name := range strings.FieldsSeq(exceptions2) {
		old, now := Global{"exceptions", name}, Global{"builtins", name}
		r.namesTo3[old], r.namesTo2[now] = now, old
	}
	for old, now := range r.namesTo3 {
		if r.to2(now) != old && old.Name != "StandardError" { // which Go reads as an Exception
			r.kept[old] = true
		}
	}
	for old, now := range r.modulesTo3 {
		if r.modulesTo2[now] != old {
			r.keptModules[old] = true
		}
	}
	return r
})

// to3 is the name that Python 3 has for a global of Python 2.
func (g Global) to3() Global {
	r := renamed()
	if now, ok := r.namesTo3[g]; ok {
		return now
	}
	if module, ok := r.modulesTo3[g.Module]; ok {
		g.Module = module
	}
	return g
}

// to2 is the name that Python 2 has for a global of Python 3.
func (g Global) to2() Global { return renamed().to2(g) }

func (r *renames) to2(g Global) Global {
	if old, ok := r.namesTo2[g]; ok {
		return old
	}
	if module, ok := r.modulesTo2[g.Module]; ok {
		g.Module = module
	}
	return g
}

const multiprocessing = "multiprocessing"

// kept tells whether a global that Python 2 named keeps that name.
func (g Global) kept() bool {
	r := renamed()
	if r.kept[g] {
		return true
	}
	if !r.keptModules[g.Module] {
		return false
	}
	_, own := r.namesTo3[g]
	return !own
}

var dillMain = Global{"__builtin__", "__main__"}

// globalIn returns a global that a peer named at a protocol as it is known here.
func (c *Codec) globalIn(g Global, protocol byte) Global {
	if c.passage.exact() {
		return g
	}
	if c.Dialect.Package != "" {
		g.Module = replacePackage(g.Module, c.Dialect.Package, multiprocessing)
	}
	if (protocol < 3 || g.Module == "__builtin__") && !g.kept() { // no Python 3 has a module of that name
		g = g.to3()
	}
	return g
}

// globalOut returns a global as the peer knows it. Readers of protocols below
// 3 expect Python 2's names there; a Python 3 gets only those that it turns
// back into what was meant.
func (c *Codec) globalOut(g Global) Global {
	switch {
	case c.passage.exact():
		return c.passage.rename(g)
	case g == dillMain:
	case c.Dialect.Python2:
		g = g.to2()
	default:
		if g.Module == "__builtin__" || g.kept() {
			g = g.to3()
		}
		if c.Protocol.version() < 3 {
			if old := g.to2(); old.to3() == g {
				g = old
			}
		}
	}
	if c.Dialect.Package != "" {
		g.Module = replacePackage(g.Module, multiprocessing, c.Dialect.Package)
	}
	return g
}

// replacePackage renames the package that a module is, or is in.
func replacePackage(module, from, to string) string {
	rest, ok := strings.CutPrefix(module, from)
	if !ok || rest != "" && rest[0] != '.' {
		return module
	}
	return to + rest
}
