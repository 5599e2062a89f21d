package main

import (
	"bytes"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
)

// An authkey and where it comes from. The key itself is never shown.
type authkey struct {
	bytes []byte
	file  string // "" when the environment or a pipe told it
	pipe  bool
}

const keyVariable = "BRINE_AUTHKEY"

func (k authkey) origin() string {
	switch {
	case k.pipe:
		return "from standard input"
	case k.file == "":
		return "from " + keyVariable
	}
	return "in " + k.file
}

// exposed tells whether others than the user may read the file.
func (k authkey) exposed() bool {
	if k.file == "" || runtime.GOOS == "windows" {
		return false
	}
	info, err := os.Stat(k.file)
	return err == nil && info.Mode().IsRegular() && info.Mode().Perm()&0o077 != 0
}

// findKey takes the key from the file, else from the environment, else from
// the user's state folder, where it is made if it is not there yet.
func findKey(file string) (authkey, error) {
	if file != "" {
		return readKey(file)
	}
	if key := os.Getenv(keyVariable); key != "" {
		return authkey{bytes: []byte(key)}, nil
	}
	folder, err := stateFolder()
	if err != nil {
		return authkey{}, err
	}
	file = filepath.Join(folder, "authkey")
	key, err := readKey(file)
	if errors.Is(err, fs.ErrNotExist) {
		if err := makeKey(file); err != nil {
			return authkey{}, fmt.Errorf("cannot keep a new key: %w", err)
		}
		return readKey(file)
	}
	return key, err
}

func readKey(file string) (authkey, error) {
	file, err := filepath.Abs(file)
	if err != nil {
		return authkey{}, err
	}
	key, err := os.ReadFile(file)
	if err != nil {
		return authkey{}, fmt.Errorf("cannot read the key: %w", err)
	}
	key = bytes.TrimSpace(key)
	if len(key) == 0 {
		return authkey{}, fmt.Errorf("cannot read the key: %s is empty", file)
	}
	return authkey{bytes: key, file: file}, nil
}

// makeKey writes 32 random bytes as hexadecimal text. Of several who do so at
// once, one wins and all use its key.
func makeKey(file string) error {
	if err := os.MkdirAll(filepath.Dir(file), 0o700); err != nil {
		return err
	}
	random := make([]byte, 32)
	rand.Read(random)
	temp, err := os.CreateTemp(filepath.Dir(file), ".authkey-") // mode 0600
	if err != nil {
		return err
	}
	defer os.Remove(temp.Name())
	_, err = temp.WriteString(hex.EncodeToString(random) + "\n")
	if err := errors.Join(err, temp.Close()); err != nil {
		return err
	}
	if err := os.Link(temp.Name(), file); err != nil && !errors.Is(err, fs.ErrExist) {
		return err
	}
	return nil
}

// stateFolder is where programs keep what should outlive them.
func stateFolder() (string, error) {
	if dir := os.Getenv("XDG_STATE_HOME"); filepath.IsAbs(dir) {
		return filepath.Join(dir, "brine"), nil
	}
	home, err := os.UserHomeDir()
	if err != nil {
		return "", fmt.Errorf("no place to keep a key: %w; use --authkey-file", err)
	}
	return filepath.Join(home, ".local", "state", "brine"), nil
}
