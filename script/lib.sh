# SPDX-License-Identifier: Apache-2.0
# What the scripts share: messages, and where the project is. Sourced, not run.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

say() { printf '\033[1m==>\033[0m %s\n' "$*"; }
fail() {
  printf '\033[1;31merror:\033[0m %s\n' "$*" >&2
  exit 1
}
help_from() { # prints the comment block at the top of a script
  sed -n '3,/^[^#]/{/^#/s/^# \{0,1\}//p}' "$1"
}
