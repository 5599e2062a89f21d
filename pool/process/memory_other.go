//go:build !linux

package process

func residentMemory(int) (now, peak int64, ok bool) { return 0, 0, false }

func eventsOf(int) string { return "" }

func oomKills(string) (int64, bool) { return 0, false }
