// What Swift imports wrongly of libibverbs. Each wrapper says why it is here.
#pragma once
#include <infiniband/verbs.h>

// ibv_query_port is a macro over a versioned symbol; imported as it is, it binds the old ABI.
static inline int syncline_query_port(struct ibv_context *context, uint8_t port, struct ibv_port_attr *attributes) {
  return ibv_query_port(context, port, attributes);
}
