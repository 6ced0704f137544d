// SPDX-FileCopyrightText: 2026 The Countersign authors
// SPDX-License-Identifier: Apache-2.0

package ledger

import (
	"fmt"
	"iter"
)

// openedHead is a stored head after its signature was checked.
type openedHead struct {
	Head
	by  []string
	err error
}

// headQueue reads stored heads some way ahead and checks their signatures on all cores.
type headQueue struct {
	opener *headOpener
	pull   func() (string, error, bool)
	stop   func()
	queue  []openedHead
	ended  bool
}

func newHeadQueue(seq iter.Seq2[string, error], opener *headOpener) *headQueue {
	pull, stop := iter.Pull2(seq)
	return &headQueue{opener: opener, pull: pull, stop: stop}
}

// peek returns the next head, or nil after the last one.
func (q *headQueue) peek() (*openedHead, error) {
	if len(q.queue) == 0 && !q.ended {
		if err := q.fill(); err != nil {
			return nil, err
		}
	}
	if len(q.queue) == 0 {
		return nil, nil
	}
	return &q.queue[0], nil
}

func (q *headQueue) next() { q.queue = q.queue[1:] }

func (q *headQueue) fill() error {
	b := readBatch(q.pull, headBatch)
	if b.err != nil {
		return fmt.Errorf("read heads: %w", b.err)
	}
	q.ended = len(b.items) < headBatch
	q.queue = make([]openedHead, len(b.items))
	inParallel(len(b.items), func(i int) {
		h, by, err := q.opener.open(b.items[i])
		q.queue[i] = openedHead{h, by, err}
	})
	return nil
}
