//go:build !linux

package connection

func credentials(int) (pid, uid int) { return 0, 0 }

func remoteAddress(int) Address { return Address{} }

func localAddress(int) Address { return Address{} }
