package pickle

import "testing"

// What Python's Decimal takes, and what its str prints of that.
func TestParseDecimal(t *testing.T) {
	for text, want := range map[string]string{
		"1.20": "1.20", "+.5": "0.5", "5.": "5", "1e3": "1E+3", "-0.00": "-0.00", "00123E-2": "1.23", "1E-7": "1E-7",
		"inf": "Infinity", "-INFINITY": "-Infinity", "nan": "NaN", "+Nan007": "NaN7", "-snan1": "-sNaN1",
		"9E999999999999999999": "9E+999999999999999999", "009E999999999999999999": "9E+999999999999999999",
		"0E999999999999999999": "0E+999999999999999999", "10E999999999999999999": "",
		"0.1E1000000000000000000": "1E+999999999999999999", "1E1000000000000000000": "",
		"1E-1999999999999999997": "1E-1999999999999999997", "1E-1999999999999999998": "",
		"": "", ".": "", "-": "", "e5": "", "1e": "", "infi": "", "inf1": "", "NaN-1": "", "1_000": "", "0x1": "",
	} {
		d, err := ParseDecimal(text)
		if (err != nil) != (want == "") || err == nil && d.String() != want {
			t.Errorf("%q is %s, %v, want %q", text, d, err, want)
		}
	}
}
