package managers

import (
	"os"
	"testing"

	"github.com/brine-go/brine/engine"
)

// TestMain lets the test binary be the resource tracker of its children.
func TestMain(m *testing.M) {
	engine.Main(nil)
	os.Exit(m.Run())
}
