// SPDX-FileCopyrightText: 2026 The Countersign authors
// SPDX-License-Identifier: Apache-2.0

// Package auth proves who is asking: passwords, one-time codes, sessions, tokens, and the components of a signature
// (21 CFR 11.10(d), (g), (h), (j), 11.100, 11.200, 11.300). It decides nothing else: what a person may do is policy's.
package auth
