package main

import (
	"cmp"
	"errors"
	"fmt"
	"io"
	"os/user"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/brine-go/brine/engine/sharedmemory"
)

const shmLong = `Show and clear up what multiprocessing keeps in /dev/shm: shared memory, the
semaphores of locks and queues. Programs that are killed leave it there.

Segments are known by the names that Python and brine make up: psm_1a2b3c4d,
sem.mp-k2j3h4g5, pym-… A segment whose name a program chose itself is not
touched: nothing tells whose it is.`

const gcLong = `Remove the segments that no living process has open or mapped, all or those
named; why one that was named stays is an error. All processes are looked at,
twice. Where some are hidden, such as root's from you, segments that these may
have stay, unless you --ignore-hidden.

A segment that its maker has closed without removing it stays until the maker's
family of processes ends. Meanwhile nobody has it, so that it is removed here,
even if somebody means to open it again: name those that may go, or use
--older-than.

Processes outside of a container cannot be seen from within. In a container
that shares /dev/shm with others, such as those of one pod, do not run it.`

func shmCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "shm",
		Short: "Show and clear up what killed programs left in /dev/shm",
		Long:  shmLong,
		Args:  cobra.NoArgs,
		RunE:  func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	cmd.AddCommand(shmListCommand(), shmCollectCommand())
	return cmd
}

func shmListCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "ls",
		Short: "List segments, their size, age and owner, and who has them",
		Args:  cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			list, err := sharedmemory.List()
			if err != nil {
				return err
			}
			printSegments(cmd.OutOrStdout(), list)
			return nil
		},
	}
}

func shmCollectCommand() *cobra.Command {
	var c sharedmemory.Collection
	cmd := &cobra.Command{
		Use:   "gc [NAME...]",
		Short: "Remove segments that no living process has",
		Long:  gcLong,
		RunE: func(cmd *cobra.Command, names []string) error {
			c.Names = names
			if len(names) == 0 {
				c.Names = nil
			}
			removed, err := sharedmemory.Collect(c)
			out := cmd.OutOrStdout()
			printSegments(out, removed)
			done := "removed"
			if c.Dry {
				done = "to be removed"
			}
			bytes := int64(0)
			for _, s := range removed {
				bytes += s.Size
			}
			fmt.Fprintf(out, "%s: %d segments, %s\n", done, len(removed), size(bytes))
			return errors.Join(err, kept(c, removed))
		},
	}
	cmd.Flags().BoolVarP(&c.Dry, "dry-run", "n", false, "only show what would be removed")
	cmd.Flags().DurationVar(&c.Age, "older-than", time.Minute, "leave those changed within that `time`")
	cmd.Flags().BoolVar(&c.IgnoreHidden, "ignore-hidden", false, "believe that hidden processes have none")
	return cmd
}

// kept says of each segment that was named and not removed why it stays.
func kept(c sharedmemory.Collection, removed []sharedmemory.Segment) error {
	if len(c.Names) == len(removed) {
		return nil
	}
	list, err := sharedmemory.List()
	for _, name := range c.Names {
		named := func(s sharedmemory.Segment) bool { return s.Name == name }
		if slices.ContainsFunc(removed, named) {
			continue
		}
		why := "there is no segment of multiprocessing by that name"
		if i := slices.IndexFunc(list, named); i >= 0 {
			why = cmp.Or(c.Keeps(list[i]), "it has just changed: try again")
		}
		err = errors.Join(err, fmt.Errorf("%s stays: %s", name, why))
	}
	return err
}

func printSegments(w io.Writer, list []sharedmemory.Segment) {
	if len(list) == 0 {
		return
	}
	const row = "%-26s %10s %5s %-10s %s\n"
	fmt.Fprintf(w, row, "NAME", "SIZE", "AGE", "OWNER", "PROCESSES")
	owners := map[int]string{}
	for _, s := range list {
		if _, ok := owners[s.UID]; !ok {
			owners[s.UID] = owner(s.UID)
		}
		fmt.Fprintf(w, row, s.Name, size(s.Size), age(time.Since(s.Changed)), owners[s.UID], processes(s))
	}
}

func owner(uid int) string {
	name := strconv.Itoa(uid)
	if u, err := user.LookupId(name); err == nil {
		name = u.Username
	}
	return name[:min(len(name), 10)]
}

// processes are those that have s, as many as a line has room for.
func processes(s sharedmemory.Segment) string {
	const room = 25
	if len(s.PIDs) == 0 {
		if len(s.Hidden) > 0 {
			return fmt.Sprintf("unknown, %d hidden", len(s.Hidden))
		}
		return "none"
	}
	var b strings.Builder
	for i, pid := range s.PIDs {
		text := strconv.Itoa(pid)
		if left := len(s.PIDs) - i; b.Len()+1+len(text) > room-len(" +1000") {
			fmt.Fprintf(&b, " +%d", left)
			break
		}
		if i > 0 {
			b.WriteByte(' ')
		}
		b.WriteString(text)
	}
	return b.String()
}

// age is a time in at most 5 columns.
func age(d time.Duration) string {
	switch {
	case d < time.Minute:
		return fmt.Sprintf("%ds", max(d, 0)/time.Second)
	case d < time.Hour:
		return fmt.Sprintf("%dm", d/time.Minute)
	case d < 48*time.Hour:
		return fmt.Sprintf("%dh", d/time.Hour)
	}
	return fmt.Sprintf("%dd", d/(24*time.Hour))
}
