// What Swift can't import of librdmacm. Each wrapper says why it is here.
#pragma once
// The types of libibverbs come from their own module, so that both modules mean the same ones.
#include "../CVerbs/shim.h"
#include <rdma/rdma_cma.h>
#include <string.h>

// The parameters of a connection stand in a union without a name, and are read of some events only.
static inline const struct rdma_conn_param *syncline_connection(const struct rdma_cm_event *event) {
  return &event->param.conn;
}
