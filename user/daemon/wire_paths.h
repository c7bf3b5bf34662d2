/* SPDX-License-Identifier: BSD-2-Clause */
/* Wires the paths: to the resolver, to the tunnels' sockets, and from the channels to the rooms. */
#pragma once

struct engine;

void wire_paths(struct engine *engine);
