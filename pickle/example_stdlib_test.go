package pickle_test

import (
	"fmt"
	"time"

	"github.com/brine-go/brine/pickle"
)

// A datetime of Python is read into a time.Time, which leaves as one.
func ExampleUnmarshal_stdlib() {
	// pickle.dumps([datetime(2024, 2, 29, 12, 30, tzinfo=timezone.utc), Decimal("1.20")], 2)
	data := []byte("\x80\x02](cdatetime\ndatetime\nc_codecs\nencode\nX\x0b\x00\x00\x00\x07\xc3\xa8\x02\x1d\x0c\x1e\x00\x00\x00\x00X\x06\x00\x00\x00latin1\x86R" +
		"cdatetime\ntimezone\ncdatetime\ntimedelta\nK\x00K\x00K\x00\x87R\x85R\x86R" +
		"cdecimal\nDecimal\nX\x04\x00\x00\x001.20\x85Re.")
	var items []any
	if err := pickle.Unmarshal(data, &items); err != nil {
		fmt.Println(err)
		return
	}
	when, err := items[0].(pickle.Datetime).Time()
	price := items[1].(pickle.Decimal)
	fmt.Println(when.Add(36*time.Hour), err, price)
	// Output: 2024-03-02 00:30:00 +0000 UTC <nil> 1.20
}

// Go's own types leave as instances of Python's classes.
func ExampleMarshal_datetime() {
	zone := time.FixedZone("CET", 3600)
	data, err := pickle.Marshal(time.Date(2024, 2, 29, 12, 30, 0, 0, zone))
	if err != nil {
		fmt.Println(err)
		return
	}
	var v any
	if err := pickle.Unmarshal(data, &v); err != nil {
		fmt.Println(err)
		return
	}
	text, err := pickle.Repr(v)
	fmt.Println(text, err)
	// Output: datetime.datetime(2024, 2, 29, 12, 30, tzinfo=datetime.timezone(datetime.timedelta(seconds=3600), 'CET')) <nil>
}

func ExampleDecimal() {
	d, err := pickle.ParseDecimal("-12.50")
	if err != nil {
		fmt.Println(err)
		return
	}
	_, coefficient, exponent, _ := d.Parts()
	exact, _ := d.Rat()
	fmt.Println(d, coefficient, exponent, exact)
	// Output: -12.50 -1250 -2 -25/2
}
