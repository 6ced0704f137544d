#!/usr/bin/env bash
# SPDX-FileCopyrightText: 2026 The Countersign authors
# SPDX-License-Identifier: Apache-2.0

# Prints the path of a Chromium to test with: CHROMIUM, or one that is installed, or one that it installs: with apt-get on Debian as
# root (and letters for the Arabic pages), else Playwright's own for this user. Says what is missing where none can be had.
set -euo pipefail
cd "$(dirname "$0")/.."

found() {
	local name
	for name in "${CHROMIUM:-}" chromium chromium-browser google-chrome-stable google-chrome; do
		if [[ -n $name ]] && command -v "$name"; then return 0; fi
	done
	return 1
}

# Only one whose libraries are there answers.
own() {
	local path
	path=$(node --input-type=module -e 'import { chromium } from "@playwright/test"; console.log(chromium.executablePath())')
	"$path" --version >/dev/null 2>&1 && echo "$path"
}

say() { echo "chromium: $*" >&2; }

if found || own; then exit 0; fi
if [[ $(id -u) == 0 ]] && command -v apt-get >/dev/null; then
	say 'none is installed; installing it with apt-get'
	if { apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq chromium fonts-noto-core; } >&2 && found; then exit 0; fi
fi
say "none is installed; downloading Playwright's"
if npx playwright install chromium >&2 && own; then exit 0; fi
say 'there is none, and none could be installed. Install Chromium (Debian: apt-get install chromium), or set CHROMIUM to the path of one.'
exit 1
