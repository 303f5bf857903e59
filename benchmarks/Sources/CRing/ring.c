#include "CRing.h"

#include <mpi.h>

static size_t block_start(size_t count, int ranks, int block) {
  size_t whole = count / (size_t)ranks, rest = count % (size_t)ranks, index = (size_t)block;
  return index * whole + (index < rest ? index : rest);
}

static void add(float *restrict target, const float *restrict source, size_t count) {
  for (size_t index = 0; index < count; index++) target[index] += source[index];
}

int c_ring_all_reduce(float *vector, float *scratch, size_t count) {
  int rank, ranks;
  MPI_Comm_rank(MPI_COMM_WORLD, &rank);
  MPI_Comm_size(MPI_COMM_WORLD, &ranks);
  int next = (rank + 1) % ranks, previous = (rank + ranks - 1) % ranks;
  for (int round = 0; round < 2 * (ranks - 1); round++) {
    int gathers = round >= ranks - 1;
    int turn = gathers ? round - (ranks - 1) : round + 1;
    int sent = ((rank - turn) % ranks + ranks) % ranks, received = (sent + ranks - 1) % ranks;
    size_t send_start = block_start(count, ranks, sent), send_end = block_start(count, ranks, sent + 1);
    size_t start = block_start(count, ranks, received), end = block_start(count, ranks, received + 1);
    MPI_Request requests[2];
    float *target = gathers ? vector + start : scratch;
    int code = MPI_Irecv(target, (int)(end - start), MPI_FLOAT, previous, 0, MPI_COMM_WORLD, &requests[0]);
    if (code != MPI_SUCCESS) return code;
    code = MPI_Isend(vector + send_start, (int)(send_end - send_start), MPI_FLOAT, next, 0, MPI_COMM_WORLD, &requests[1]);
    if (code != MPI_SUCCESS) return code;
    code = MPI_Waitall(2, requests, MPI_STATUSES_IGNORE);
    if (code != MPI_SUCCESS) return code;
    if (!gathers) add(vector + start, scratch, end - start);
  }
  return MPI_SUCCESS;
}
