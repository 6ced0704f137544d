// SPDX-FileCopyrightText: 2026 The Countersign authors
// SPDX-License-Identifier: Apache-2.0

package ledger

import (
	"cmp"
	"context"
	"iter"
	"runtime"
	"sync"
	"sync/atomic"
)

// inParallel calls f for 0..n-1 on all cores and waits. The next free core takes the next
// number, because the large files of a pack stand side by side.
func inParallel(n int, f func(i int)) {
	var next atomic.Int64
	var wg sync.WaitGroup
	for range min(runtime.GOMAXPROCS(0), n) {
		wg.Go(func() {
			for i := int(next.Add(1)) - 1; i < n; i = int(next.Add(1)) - 1 {
				f(i)
			}
		})
	}
	wg.Wait()
}

// eachInParallel calls prepare for each item on all cores, then use in order.
func eachInParallel[T, P any](items []T, prepare func(T) P, use func(T, P)) {
	prepared := make([]P, len(items))
	inParallel(len(items), func(i int) { prepared[i] = prepare(items[i]) })
	for i, item := range items {
		use(item, prepared[i])
	}
}

// eachPrepared streams seq in batches: prepare runs on all cores, use in order. While a
// batch is worked on, the next one is already being read.
func eachPrepared[T, P any](ctx context.Context, seq iter.Seq2[T, error], size int, prepare func(T) P, use func(T, P)) error {
	next, stop := iter.Pull2(seq)
	defer stop()
	batches := make(chan batch[T])
	done := make(chan struct{})
	var reader sync.WaitGroup
	defer reader.Wait() // before stop, which must not run beside next
	defer close(done)
	reader.Go(func() {
		defer close(batches)
		for {
			b := readBatch(next, size)
			select {
			case batches <- b:
			case <-done:
				return
			}
			if b.err != nil || len(b.items) < size {
				return
			}
		}
	})
	prepared := make([]P, size)
	for b := range batches {
		inParallel(len(b.items), func(i int) { prepared[i] = prepare(b.items[i]) })
		for i, item := range b.items {
			use(item, prepared[i])
		}
		if err := cmp.Or(b.err, ctx.Err()); err != nil {
			return err
		}
	}
	return nil
}

type batch[T any] struct {
	items []T
	err   error
}

func readBatch[T any](next func() (T, error, bool), size int) batch[T] {
	b := batch[T]{items: make([]T, 0, size)}
	for len(b.items) < size {
		item, err, ok := next()
		if err != nil {
			b.err = err
			break
		}
		if !ok {
			break
		}
		b.items = append(b.items, item)
	}
	return b
}
