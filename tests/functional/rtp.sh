#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-2-Clause
# The packets that an RTP stream has lost before it came to us are shown with its channel; a channel without RTP shows
# nothing.
. "$(dirname "$0")/lib.sh"

lost() { channel 192.0.2.10 232.1.1.1 .rtp_lost; }
lost_is() { [[ $(lost) == "$1" ]]; }

everything_up
receiver_up viewer 192.0.2.10 232.1.1.1 --seconds 600
until_true "joined" channel_is 192.0.2.10 232.1.1.1 joined
is "before the first packet nothing is known" "$(lost)" null
send 192.0.2.10 232.1.1.1 --rate 1000 --count 4000 --size 200 --omit 3000-3019 >/dev/null
until_true "20 packets lost" lost_is 20
is "20 packets lost" "$(lost)" 20
like "channels has a column for it" "$(in_node ingest "$BUILD/mcingest" channels)" 'LOST'
finish viewer
finish mcingestd
verdict $? "mcingestd ends well" || true
finished
