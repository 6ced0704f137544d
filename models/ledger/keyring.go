// SPDX-FileCopyrightText: 2026 The Countersign authors
// SPDX-License-Identifier: Apache-2.0

package ledger

import (
	"fmt"
	"strings"
	"time"
)

// keyring is what a verification knows about the keys: those it was given, what the leaves
// say about them, and what they were used for.
type keyring struct {
	known   map[string]*Key
	trusted map[string]bool
	vouched int64 // leaves below it are covered by a head of a trusted key
	heads   map[string]*headUse
	signers map[string]string // key id -> the first signature it made
}

// headUse is the heads signed by one set of keys.
type headUse struct {
	ids  []string
	last Head
}

func newKeyring(r *Report, stored, trusted []Key) *keyring {
	k := &keyring{
		known:   make(map[string]*Key),
		trusted: make(map[string]bool),
		heads:   make(map[string]*headUse),
		signers: make(map[string]string),
	}
	for _, key := range stored {
		if err := key.Check(); err != nil {
			r.find(KeyUnknown, "key "+key.ID, "The stored key is not what its id says: %v.", err)
			continue
		}
		k.learn(key)
	}
	for _, key := range trusted {
		if err := key.Check(); err != nil {
			r.find(KeyUnknown, "trusted key "+key.ID, "The key that was given is not usable: %v.", err)
			continue
		}
		// What is stored cannot be told from what was written there by an intruder: only
		// the revocation, which takes trust away, is merged into a trusted key.
		k.learn(key)
		k.trusted[key.ID] = true
	}
	return k
}

// learn adds a key, or what is newly known about it: the earliest revocation counts.
func (k *keyring) learn(key Key) {
	old, ok := k.known[key.ID]
	if !ok {
		k.known[key.ID] = &key
		return
	}
	if old.CreatedLeaf == nil {
		old.CreatedLeaf = key.CreatedLeaf
	}
	if !key.RevokedAt.IsZero() && (old.RevokedAt.IsZero() || key.RevokedAt.Before(old.RevokedAt)) {
		old.RevokedAt = key.RevokedAt
	}
	if old.RevokedLeaf == nil {
		old.RevokedLeaf = key.RevokedLeaf
	}
}

// forgetLeaves drops what stored rows claim about leaves: only leaves that were verified
// count, and they are learnt as they come.
func (k *keyring) forgetLeaves() {
	for _, key := range k.known {
		key.CreatedLeaf, key.RevokedLeaf = nil, nil
	}
}

func (k *keyring) list() []Key {
	keys := make([]Key, 0, len(k.known))
	for _, key := range k.known {
		keys = append(keys, *key)
	}
	return keys
}

func (k *keyring) takeEvent(e *Event, index int64) {
	for _, ke := range keyEvents(e, index) {
		k.learn(ke.key)
	}
}

// usedForHead records a head that holds, and who signed it.
func (k *keyring) usedForHead(h Head, ids []string) {
	tag := strings.Join(ids, " ")
	use, ok := k.heads[tag]
	if !ok {
		use = &headUse{ids: ids}
		k.heads[tag] = use
	}
	if h.At.After(use.last.At) {
		use.last = h
	}
	for _, id := range ids {
		if k.trusts(id) && h.Size > k.vouched {
			k.vouched = h.Size
		}
	}
}

// usedForSignature records a signature of a key.
func (k *keyring) usedForSignature(id, where string) {
	if _, ok := k.signers[id]; !ok {
		k.signers[id] = where
	}
}

// trusts reports whether the key was given out of band or created by a leaf that a head of
// a trusted key covers.
func (k *keyring) trusts(id string) bool {
	key := k.known[id]
	return k.trusted[id] || key != nil && key.CreatedLeaf != nil && *key.CreatedLeaf < k.vouched
}

// finish reports keys that were used without being trusted or after their revocation.
func (k *keyring) finish(r *Report) {
	if len(k.trusted) == 0 {
		if len(k.known) > 0 {
			r.unchecked("who holds the signing keys",
				"the keys were taken from the same place as what they signed: whoever made it could have made them too",
				"get the public key from the organization by another way and verify again with it (--trust KEY)")
		}
	} else {
		for id, where := range k.signers {
			if !k.trusts(id) {
				r.find(KeyUnknown, where, "It was signed by key %s, which is neither trusted nor vouched for by a head of a trusted key.", id)
			}
		}
	}
	for _, use := range k.heads {
		k.finishHead(r, use)
	}
}

func (k *keyring) finishHead(r *Report, use *headUse) {
	where := headName(use.last)
	trusted, valid := len(k.trusted) == 0, false
	var revokedAt time.Time
	for _, id := range use.ids {
		trusted = trusted || k.trusts(id)
		if key := k.known[id]; key.revokedBy(use.last.At) {
			revokedAt = key.RevokedAt
		} else {
			valid = true
		}
	}
	keys := strings.Join(use.ids, ", ")
	if !trusted {
		r.find(KeyUnknown, where, "It was signed by key %s, which is neither trusted nor vouched for by a head of a trusted key.", keys)
	}
	if !valid {
		r.find(KeyRevoked, where, "It was signed by key %s, which was revoked at %s.", keys, stampUTC(revokedAt))
	}
}

func headName(h Head) string {
	return fmt.Sprintf("head over %d entries of %s", h.Size, stampUTC(h.At))
}

func stampUTC(t time.Time) string { return t.UTC().Format("2006-01-02 15:04:05 UTC") }
