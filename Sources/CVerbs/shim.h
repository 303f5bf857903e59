// What Swift imports wrongly of libibverbs. Each wrapper says why it is here.
#pragma once
#include <endian.h>
#include <errno.h>
#include <infiniband/verbs.h>
#include <stdbool.h>

// ibv_query_port is a macro over a versioned symbol; imported as it is, it binds the old ABI.
static inline int syncline_query_port(struct ibv_context *context, uint8_t port, struct ibv_port_attr *attributes) {
  return ibv_query_port(context, port, attributes);
}

// ibv_reg_mr is a macro that chooses the call which knows optional flags (relaxed ordering); imported as it is, it binds
// the old call, which does not mask them.
static inline struct ibv_mr *syncline_reg_mr(struct ibv_pd *pd, void *address, size_t bytes, unsigned int access) {
  return ibv_reg_mr(pd, address, bytes, access);
}

// imm_data stands in a union without a name and in network byte order.
static inline uint32_t syncline_immediate(const struct ibv_wc *completion) { return be32toh(completion->imm_data); }

// A work request has four unions and a pointer to its own element: built here, it stays in registers and on one stack.
// Returns 0 or an errno.
static inline int syncline_post_write(
    struct ibv_qp *qp, uint64_t id, uint64_t address, uint32_t bytes, uint32_t local_key, uint64_t remote,
    uint32_t remote_key, bool has_immediate, uint32_t immediate, bool is_signalled, bool is_inline) {
  struct ibv_sge element = {.addr = address, .length = bytes, .lkey = local_key};
  struct ibv_send_wr request = {
      .wr_id = id,
      .sg_list = &element,
      .num_sge = bytes > 0 ? 1 : 0,
      .opcode = has_immediate ? IBV_WR_RDMA_WRITE_WITH_IMM : IBV_WR_RDMA_WRITE,
      .send_flags = (is_signalled ? IBV_SEND_SIGNALED : 0u) | (is_inline ? IBV_SEND_INLINE : 0u),
  };
  request.imm_data = htobe32(immediate);
  request.wr.rdma.remote_addr = remote;
  request.wr.rdma.rkey = remote_key;
  struct ibv_send_wr *refused = NULL;
  return ibv_post_send(qp, &request, &refused);
}

// The same for an empty receive request. Returns 0 or an errno.
static inline int syncline_post_receive(struct ibv_qp *qp, uint64_t id) {
  struct ibv_recv_wr request = {.wr_id = id};
  struct ibv_recv_wr *refused = NULL;
  return ibv_post_recv(qp, &request, &refused);
}
