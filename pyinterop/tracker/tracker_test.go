package tracker

import (
	"errors"
	"slices"
	"strings"
	"testing"
)

func TestLines(t *testing.T) {
	tests := []struct {
		line Line
		form Form
		want string
	}{
		{Line{Register, "/psm_1a2b3c4d", SharedMemory}, Plain, "REGISTER:/psm_1a2b3c4d:shared_memory\n"},
		{Line{Unregister, "/mp-a:b", Semaphore}, Plain, "UNREGISTER:/mp-a:b:semaphore\n"},
		{Line{Probe, "0", "noop"}, Plain, "PROBE:0:noop\n"},
		{Line{Register, "/mp-abcdefgh", Semaphore}, Legacy, "REGISTER:/mp-abcdefgh\n"},
		{Line{Register, "/a\nb", SharedMemory}, Plain, `{"cmd":"REGISTER","rtype":"shared_memory","base64_name":"L2EKYg=="}` + "\n"},
		{Line{Register, "/a", Semaphore}, JSON, `{"cmd":"REGISTER","rtype":"semaphore","base64_name":"L2E="}` + "\n"},
	}
	for _, tt := range tests {
		got, err := tt.line.Append(nil, tt.form)
		if err != nil || string(got) != tt.want {
			t.Errorf("%v: got %q and %v, want %q", tt.line, got, err, tt.want)
			continue
		}
		back, err := ParseLine(got[:len(got)-1])
		if err != nil || back != tt.line && tt.form != Legacy {
			t.Errorf("ParseLine(%q) = %v and %v, want %v", got, back, err, tt.line)
		}
	}
}

func TestLinesThatCannotBeWritten(t *testing.T) {
	for _, tt := range []struct {
		line Line
		form Form
	}{
		{Line{Register, "/a\nb", Semaphore}, Legacy},
		{Line{Register, "/a", SharedMemory}, Legacy},
		{Line{Register, "/" + strings.Repeat("x", 500), Semaphore}, Plain},
		{Line{Register, "/" + strings.Repeat("\n", 350), Semaphore}, Plain},
	} {
		if got, err := tt.line.Append([]byte("before"), tt.form); err == nil || string(got) != "before" {
			t.Errorf("%v: got %q and %v, want an error and nothing appended", tt.line, got, err)
		}
	}
}

func TestServe(t *testing.T) {
	tests := []struct {
		name, lines string
		unlinked    string
		want        Outcome
		report      string
	}{
		{"nothing", "", "", Clean, ""},
		{"registered twice, taken back once", "REGISTER:/a:semaphore\nREGISTER:/a:semaphore\nUNREGISTER:/a:semaphore\nPROBE:0:noop\n", "", Clean, ""},
		{"two kinds of one name", "REGISTER:/a:semaphore\nREGISTER:/a:shared_memory\nUNREGISTER:/a:semaphore\n", "shared_memory /a", Leaked, "1 leaked shared_memory"},
		{"3.6", "REGISTER:/mp-1\nREGISTER:/mp-2\nUNREGISTER:/mp-1\n", "semaphore /mp-2", Leaked, "leaked semaphore"},
		{"JSON", `{"cmd":"REGISTER","rtype":"shared_memory","base64_name":"L2EKYg=="}` + "\n", "shared_memory /a\nb", Leaked, ""},
		{"never registered", "UNREGISTER:/a:semaphore\n", "", BadLine, `semaphore "/a" is not registered`},
		{"unknown kind", "REGISTER:/a:folder\nREGISTER:/b:semaphore\n", "semaphore /b", Leaked, `no kind "folder"`},
		{"unknown verb", "FORGET:/a:semaphore\n", "", BadLine, `no verb "FORGET"`},
		{"no colon", "hello\n\n", "", BadLine, "has no colon"},
		{"broken JSON", "{\"cmd\n{\"cmd\":\"REGISTER\",\"base64_name\":\"*\"}\n", "", BadLine, "tracker: the name"},
		{"a line too long", "REGISTER:/" + strings.Repeat("x", 3000) + "\nREGISTER:/b:semaphore\n", "semaphore /b", Leaked, "more than 512 bytes"},
		{"no end", "REGISTER:/b:semaphore\nREGISTER:/c:sema", "semaphore /b", Leaked, "has no end"},
		{"cannot unlink", "REGISTER:/stuck:semaphore\nREGISTER:/b:semaphore\n", "semaphore /b|semaphore /stuck", UnlinkFailed, "in use"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			var unlinked []string
			unlinker := func(k Kind) func(string) error {
				return func(name string) error {
					unlinked = append(unlinked, string(k)+" "+name)
					if name == "/stuck" {
						return errors.New("in use")
					}
					return nil
				}
			}
			var report strings.Builder
			got := Serve(strings.NewReader(tt.lines), map[Kind]func(string) error{
				Semaphore: unlinker(Semaphore), SharedMemory: unlinker(SharedMemory),
			}, &report)
			slices.Sort(unlinked)
			if got != tt.want || strings.Join(unlinked, "|") != tt.unlinked || !strings.Contains(report.String(), tt.report) {
				t.Errorf("outcome %d, unlinked %q, report %q; want %d, %q, %q",
					got, unlinked, report.String(), tt.want, tt.unlinked, tt.report)
			}
		})
	}
}

func TestParseCommand(t *testing.T) {
	for _, tt := range []struct {
		args []string
		fd   int
		ok   bool
	}{
		{Command(7), 7, true},
		{[]string{"-B", "-X", "dev", "-c", "from multiprocessing.resource_tracker import main;main(5)"}, 5, true},
		{[]string{"-E", "-c", "from multiprocessing.semaphore_tracker import main;main(11)"}, 11, true},
		{[]string{"-c", "from multiprocess.resource_tracker import main;main(3)"}, 3, true},
		{[]string{"-c", "from multiprocessing.spawn import spawn_main; spawn_main(tracker_fd=5, pipe_handle=7)", "--multiprocessing-fork"}, 0, false},
		{[]string{"-c"}, 0, false},
		{[]string{"serve"}, 0, false},
		{nil, 0, false},
	} {
		if fd, ok := ParseCommand(tt.args); fd != tt.fd || ok != tt.ok {
			t.Errorf("ParseCommand(%q) = %d, %t; want %d, %t", tt.args, fd, ok, tt.fd, tt.ok)
		}
	}
}
