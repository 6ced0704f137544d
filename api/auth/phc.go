// SPDX-FileCopyrightText: 2026 The Countersign authors
// SPDX-License-Identifier: Apache-2.0

package auth

import (
	"encoding/base64"
	"errors"
	"fmt"
	"strings"

	"golang.org/x/crypto/argon2"
)

// Params are the costs of argon2id (RFC 9106).
type Params struct {
	Memory  uint32 // KiB
	Time    uint32 // passes over the memory
	Threads uint8
}

// DefaultParams are one of the settings that the OWASP Password Storage Cheat Sheet calls equal in strength. Of those,
// 19 MiB in two passes rather than 46 MiB in one: as many checks as processors may run at once, and memory is what a
// burst of them exhausts first.
var DefaultParams = Params{Memory: 19 * 1024, Time: 2, Threads: 1}

// What a stored hash may ask for. It bounds what a forged row of the database can make a login cost.
const (
	maxMemory  = 64 * 1024
	maxTime    = 4
	maxThreads = 4
	maxPHC     = 256 // bytes
	minSalt    = 8
	maxSalt    = 64
	minKey     = 16
	maxKey     = 64
)

func (p Params) check() error {
	switch {
	case p.Threads < 1 || p.Threads > maxThreads:
		return fmt.Errorf("argon2id threads %d are not 1 to %d", p.Threads, maxThreads)
	case p.Time < 1 || p.Time > maxTime:
		return fmt.Errorf("argon2id passes %d are not 1 to %d", p.Time, maxTime)
	case p.Memory < 8*uint32(p.Threads) || p.Memory > maxMemory:
		return fmt.Errorf("argon2id memory %d KiB is not %d to %d", p.Memory, 8*uint32(p.Threads), maxMemory)
	}
	return nil
}

// phc is a hash with all that is needed to check it, written as in the PHC string format:
// "$argon2id$v=19$m=19456,t=2,p=1$<salt>$<key>".
type phc struct {
	params Params
	salt   []byte
	key    []byte
}

var phcEncoding = base64.RawStdEncoding.Strict()

func (h phc) String() string {
	return fmt.Sprintf("$argon2id$v=%d$m=%d,t=%d,p=%d$%s$%s", argon2.Version, h.params.Memory, h.params.Time, h.params.Threads,
		phcEncoding.EncodeToString(h.salt), phcEncoding.EncodeToString(h.key))
}

var errPHC = errors.New("not a PHC string of argon2id")

// parsePHC reads what String writes and nothing else. Its errors never quote the text.
func parsePHC(text string) (phc, error) {
	if len(text) > maxPHC {
		return phc{}, errPHC
	}
	parts := strings.Split(text, "$")
	if len(parts) != 6 || parts[0] != "" || parts[1] != "argon2id" {
		return phc{}, errPHC
	}
	var h phc
	if _, err := fmt.Sscanf(parts[3], "m=%d,t=%d,p=%d", &h.params.Memory, &h.params.Time, &h.params.Threads); err != nil {
		return phc{}, errPHC
	}
	if err := h.params.check(); err != nil {
		return phc{}, err
	}
	var err error
	if h.salt, err = phcBytes(parts[4], minSalt, maxSalt); err != nil {
		return phc{}, err
	}
	if h.key, err = phcBytes(parts[5], minKey, maxKey); err != nil {
		return phc{}, err
	}
	// Signs, leading zeros, another version: whatever String would not have written.
	if h.String() != text {
		return phc{}, errPHC
	}
	return h, nil
}

func phcBytes(text string, least, most int) ([]byte, error) {
	b, err := phcEncoding.DecodeString(text)
	if err != nil || len(b) < least || len(b) > most {
		return nil, errPHC
	}
	return b, nil
}
