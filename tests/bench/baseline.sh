#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-2-Clause
#
# Builds the media bench with the programs and the dataplane of a commit: its own sources, on the stage and with the
# contenders of this tree. Prints the program's path, for BASELINE_MEDIA.
set -euo pipefail
cd "$(dirname "$0")/../.."
commit=$(git rev-parse --verify "$1^{commit}")
tree=build/baseline/$commit media=tests/bench/media

if [[ ! -x $tree/build/$media ]]; then
    rm -rf "$tree" && mkdir -p "$tree"
    git archive "$commit" | tar -x -C "$tree"
    # What carries packets in processes is not asked of a baseline, and stays as it was.
    for file in media.c media.h media.bpf.c stage.c stage.h contender.h figures.c figures.h peer.c peer.h churn.c churn.h; do
        cp "$media/$file" "$tree/$media/"
    done
    # Calls as they were then.
    header=$tree/user/dataplane/dataplane.h calls=
    if ! grep -q dataplane_claim "$header"; then
        calls='#define dataplane_claim(...) 0\n#define dataplane_open(dp, limits, events) dataplane_open(\&(dp), limits, events)'
    elif grep -q 'dataplane_claim(struct' "$header"; then
        calls='#define dataplane_claim(name, claimed) dataplane_claim(claimed)'
    fi
    sed -i "s/^#define MAC .*/&\n$calls/" "$tree/$media/stage.c"
    make -s -C "$tree" B=build "build/$media" >"$tree/log" 2>&1 || { cat "$tree/log" >&2; exit 1; }
fi
echo "$tree/build/$media"
