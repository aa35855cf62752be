#!/bin/sh
# Install the counterparts that nobody here wrote: Seam's own fake server and a local Slack. Safe to run again.
# Exact versions: the contract tests say how these two differ from the sandbox, and that changes with the version.
set -eu
cd "$(dirname "$0")/.."

seam="@seamapi/fake-seam-connect"
slack="local-slack-linux-x64"

installed() {
  [ -f ".counterparts/node_modules/$1/package.json" ] &&
    grep -q "\"version\": *\"$2\"" ".counterparts/node_modules/$1/package.json"
}

if installed "$seam" 1.86.0 && installed "$slack" 0.1.8; then
  echo "counterparts: already here"
  exit 0
fi
command -v npm >/dev/null || { echo "counterparts: npm is needed (Node.js 18 or newer)" >&2; exit 1; }
npm install --prefix .counterparts --no-audit --no-fund --no-package-lock --ignore-scripts "$seam@1.86.0" "$slack@0.1.8"
