//go:build !linux

package process

func residentMemory(int) (now, peak int64, ok bool) { return 0, 0, false }

func oomKills() (n int64, ok bool) { return 0, false }
