#!/bin/sh
# Installs what `cargo bench --bench speed` measures beside us into `target/peers`, or a folder
# given: a Python environment with the solver z3 and the one open package that reads VPC rules.
# Without it those lines of the table say that they were skipped.
set -eu
folder=${1:-$(dirname "$0")/../../target/peers}
python3 -m venv "$folder"
"$folder/bin/pip" install --quiet z3-solver==5.4.1.0 aws-vpc-analyzer==0.5.1
"$folder/bin/pip" list 2>/dev/null | grep -E '^(z3-solver|aws-vpc-analyzer) '
