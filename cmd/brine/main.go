// Command brine serves the objects of Python's multiprocessing managers, and runs
// and looks at what else multiprocessing has.
package main

import (
	"context"
	"fmt"
	"os"
	"os/signal"
	"runtime"
	"runtime/debug"
	"strings"
	"syscall"

	"github.com/spf13/cobra"

	"github.com/brine-go/brine/engine"
)

func main() {
	engine.Main() // a resource tracker never comes back from here
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	context.AfterFunc(ctx, stop) // a second signal ends us at once
	if err := root().ExecuteContext(ctx); err != nil {
		fmt.Fprintln(os.Stderr, "brine:", err)
		os.Exit(1)
	}
}

func root() *cobra.Command {
	cmd := &cobra.Command{
		Use:           "brine",
		Short:         "Python's multiprocessing, from Go",
		Long:          "brine owns lists, dicts, queues and locks for Python programs, which reach them\nwith multiprocessing.managers as it stands in their own standard library. It\nruns Python functions in many processes, and looks at pickles and shared memory.",
		SilenceErrors: true,
		SilenceUsage:  true,
		Version:       version(),
	}
	cmd.CompletionOptions.HiddenDefaultCmd = true
	cmd.SetUsageTemplate(usageOf(cmd))
	cmd.AddCommand(serveCommand(), workCommand(), callCommand(), createCommand(), objectsCommand(), pickleCommand(), shmCommand(), doctorCommand(), versionCommand())
	return cmd
}

// usageOf is the template of a command's usage, with flags in 80 columns.
func usageOf(cmd *cobra.Command) string {
	return strings.ReplaceAll(cmd.UsageTemplate(), "FlagUsages ", "FlagUsagesWrapped 80 ")
}

func versionCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "version",
		Short: "Print the version",
		Args:  cobra.NoArgs,
		Run: func(cmd *cobra.Command, _ []string) {
			fmt.Fprintln(cmd.OutOrStdout(), "brine", version(), runtime.Version())
		},
	}
}

func version() string {
	if info, ok := debug.ReadBuildInfo(); ok && info.Main.Version != "" {
		return info.Main.Version
	}
	return "(devel)"
}
