package syncmanager

import (
	"context"

	"github.com/brine-go/brine/managers"
	"github.com/brine-go/brine/pickle"
)

// poolType says why there is none.
var poolType = managers.Type{
	New: func(context.Context, *managers.Call) (managers.Referent, error) {
		return nil, pickle.NotImplementedError.New(
			"brine serves no Pool: it runs no client code; use a multiprocessing.Pool of your own process")
	},
	Signature: managers.Sig("Pool(*args, **kwds)"),
}
