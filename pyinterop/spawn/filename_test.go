package spawn

import "testing"

// What os.fsdecode and os.fsencode of 3.11 say.
func TestFileNames(t *testing.T) {
	for _, tt := range []struct{ name, text string }{
		{"", ""},
		{"/tmp/ü€", "/tmp/ü€"},
		{"b\xff\xc3\xbc\x80", "b\xed\xb3\xbfü\xed\xb2\x80"},
		{"\xed", "\xed\xb3\xad"},
		{"\xed\x9f\xbf", "\xed\x9f\xbf"}, // U+D7FF, the last before the surrogates
		{"\xed\xb2\x80", "\xed\xb3\xad\xed\xb2\xb2\xed\xb2\x80"},
		{"\xc3", "\xed\xb3\x83"},
	} {
		if got := fsdecode(tt.name); got != tt.text {
			t.Errorf("fsdecode(%q) = %q, want %q", tt.name, got, tt.text)
		}
		if got := fsencode(tt.text); got != tt.name {
			t.Errorf("fsencode(%q) = %q, want %q", tt.text, got, tt.name)
		}
	}
	if text := "a\xed\xa0\x80\xed"; fsencode(text) != text { // another surrogate, and half of one
		t.Errorf("fsencode(%q) = %q", text, fsencode(text))
	}
}
