// SPDX-FileCopyrightText: 2026 The Countersign authors
// SPDX-License-Identifier: Apache-2.0

// Package models holds the words and rules of Countersign: records, steps, tasks, decisions, people.
// It does no I/O and knows no engine, database or web server.
package models
