package main

import (
	"github.com/spf13/cobra"

	"github.com/brine-go/brine/pickle"
)

const jsonLong = `Write the values of pickles as JSON, a line for each pickle (JSON Lines).

What JSON has is itself; all else is an object whose first key begins with $:

  dict                    {"a": 1}; {"$dict": [[1, 2]]} with other keys than str
  tuple, set, frozenset   {"$tuple": [1, 2]}, {"$set": [1]}, {"$frozenset": [1]}
  bytes, bytearray        {"$bytes": "YQ=="}, {"$bytearray": "YQ=="}, in base64
  int                     all its digits; {"$int": "0x…"} if more than 4,300
  nan, inf                {"$float": "nan"}
  complex, slice, range   {"$complex": [1.0, 2.0]}, {"$slice": [null, 5, null]}
  datetime, Decimal …     {"$datetime": "2024-02-29 12:00:00"}: as str() prints
  OrderedDict …           {"$OrderedDict": [["a", 1]]}, {"$deque": [1, 2]}
  exception               {"$exception": "builtins.KeyError", "args": ["a"]}
  class or function       {"$global": "shop.Order"}
  any other instance      {"$new": "shop.Order", "state": {"n": 1}}; or $call,
                          $inst, with "args", and "then" for several changes
  persistent id           {"$persistent": "x"}; extension code {"$extension": 5}
  met again, in itself    {"$ref": 1}; first {"$id": 1, "$value": …}

Nothing that the pickle names is imported or run.`

func jsonCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "json [FILE]",
		Short: "Write the values of pickles as JSON",
		Long:  jsonLong,
		Args:  cobra.MaximumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			data, name, err := readInput(cmd, args)
			if err != nil {
				return err
			}
			return eachPickle(name, data, func(data []byte, _ int) ([]byte, error) {
				return pickle.WriteJSON(cmd.OutOrStdout(), data)
			})
		},
	}
}
