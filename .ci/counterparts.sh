#!/bin/sh
# Install what nobody here wrote: Seam's own fake server, a local Slack, and axe, which checks the demo page for
# people who cannot see or point. Safe to run again.
# Exact versions: the contract tests say how the first two differ from the sandbox, and that changes with the version.
set -eu
cd "$(dirname "$0")/.."

seam="@seamapi/fake-seam-connect"
slack="local-slack-linux-x64"
axe="axe-core"

installed() {
  [ -f ".counterparts/node_modules/$1/package.json" ] &&
    grep -q "\"version\": *\"$2\"" ".counterparts/node_modules/$1/package.json"
}

if installed "$seam" 1.86.0 && installed "$slack" 0.1.8 && installed "$axe" 4.14.1; then
  echo "counterparts: already here"
  exit 0
fi
command -v npm >/dev/null || { echo "counterparts: npm is needed (Node.js 18 or newer)" >&2; exit 1; }
npm install --prefix .counterparts --no-audit --no-fund --no-package-lock --ignore-scripts \
  "$seam@1.86.0" "$slack@0.1.8" "$axe@4.14.1"
