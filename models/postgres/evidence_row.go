// SPDX-FileCopyrightText: 2026 The Countersign authors
// SPDX-License-Identifier: Apache-2.0

package postgres

import (
	"bytes"
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgtype"

	"github.com/countersign/countersign/models/ledger"
)

// columns are the values of one row in PostgreSQL's binary form, read in their order. There is one event, one personal value and
// one policy decision for each thing that ever happened, and Scan took longer over them than verifying does.
type columns struct {
	values [][]byte
	n      int // of the next value
	err    error
}

func columnsOf(row pgx.CollectableRow) *columns { return &columns{values: row.RawValues()} }

// raw is the next value, nil for NULL. It is valid until the next row is read.
func (c *columns) raw() []byte {
	v := c.values[c.n]
	c.n++
	return v
}

// sized is the next value, which has the given size in bytes, or nil for NULL.
func (c *columns) sized(size int) []byte {
	v := c.raw()
	if v != nil && len(v) != size {
		c.err = fmt.Errorf("read column %d: %d bytes, want %d", c.n-1, len(v), size)
		return nil
	}
	return v
}

// bytes is a copy of the next value, nil for NULL.
func (c *columns) bytes() []byte { return bytes.Clone(c.raw()) }

func (c *columns) text() string { return string(c.raw()) }

func (c *columns) id() (id uuid.UUID) {
	copy(id[:], c.sized(len(id)))
	return id
}

// hash is whatever of a hash is stored; the columns of hashes have no fixed size.
func (c *columns) hash() ledger.Hash { return hashOf(c.raw()) }

func (c *columns) bool() bool {
	v := c.sized(1)
	return v != nil && v[0] != 0
}

// int32 is an integer column, int64 a bigint column. NULL is 0.
func (c *columns) int32() int {
	if v := c.sized(4); v != nil {
		return int(int32(binary.BigEndian.Uint32(v)))
	}
	return 0
}

func (c *columns) int64() int64 {
	if v := c.sized(8); v != nil {
		return int64(binary.BigEndian.Uint64(v))
	}
	return 0
}

// postgresEpoch is what PostgreSQL counts microseconds from.
var postgresEpoch = time.Date(2000, 1, 1, 0, 0, 0, 0, time.UTC).UnixMicro()

// instant is a timestamptz column, in UTC; the zero time for NULL.
func (c *columns) instant() time.Time {
	v := c.sized(8)
	if v == nil {
		return time.Time{}
	}
	return time.UnixMicro(postgresEpoch + int64(binary.BigEndian.Uint64(v))).UTC()
}

// idArray are ids as a parameter. As []uuid.UUID they would each be written as text and parsed again.
func idArray(ids []uuid.UUID) []pgtype.UUID {
	array := make([]pgtype.UUID, len(ids))
	for i, id := range ids {
		array[i] = pgtype.UUID{Bytes: id, Valid: true}
	}
	return array
}

// appendID appends the text of an id.
func appendID(b []byte, id uuid.UUID) []byte {
	for i, part := range [...][]byte{id[:4], id[4:6], id[6:8], id[8:10], id[10:]} {
		if i > 0 {
			b = append(b, '-')
		}
		b = hex.AppendEncode(b, part)
	}
	return b
}
