package pickle

import "testing"

// What an OSError shows of its arguments, as Python 3.13 prints it.
func TestOSErrorTexts(t *testing.T) {
	blocking := ExceptionClass("builtins.BlockingIOError")
	for _, tt := range []struct {
		err       *Exception
		repr, str string
	}{
		{OSError.New(int64(2), "no"), "FileNotFoundError(2, 'no')", "[Errno 2] no"},
		{OSError.New(int64(2), "no", "f"), "FileNotFoundError(2, 'no')", "[Errno 2] no: 'f'"},
		{OSError.New(int64(2), "no", "f", nil, "g"), "FileNotFoundError(2, 'no')", "[Errno 2] no: 'f' -> 'g'"},
		{OSError.New(int64(2), "no", nil), "FileNotFoundError(2, 'no', None)", "[Errno 2] no"},
		{OSError.New(int64(2), "no", nil, nil, "g"), "FileNotFoundError(2, 'no', None, None, 'g')", "[Errno 2] no"},
		{OSError.New(int64(2), "no", int64(3)), "FileNotFoundError(2, 'no')", "[Errno 2] no: 3"},
		{blocking.New(int64(11), "full", int64(5)), "BlockingIOError(11, 'full', 5)", "[Errno 11] full"},
		{OSError.New(int64(11), "full", int64(5)), "BlockingIOError(11, 'full', 5)", "[Errno 11] full"},
		{blocking.New(int64(11), "full", "f"), "BlockingIOError(11, 'full')", "[Errno 11] full: 'f'"},
	} {
		if got := must(Repr(tt.err)); got != tt.repr {
			t.Errorf("repr is %s, want %s", got, tt.repr)
		}
		if got := must(Str(tt.err)); got != tt.str {
			t.Errorf("str is %s, want %s", got, tt.str)
		}
	}
}
