// SPDX-FileCopyrightText: 2026 The Countersign authors
// SPDX-License-Identifier: Apache-2.0

// Package policies asks Rego who may do what, who does what by when, and what a person sees.
//
// The base bundle is embedded: rego/*.rego hold the rules, rego/base/*.json the data they read. The package segregation
// holds the guardrails that no organization's policy overrides. Everything fails closed: undefined, an error or a timeout
// is a denial.
package policies
