// The ring all-reduce as one writes it in C: what Syncline's executor is held against.
#pragma once
#include <stddef.h>

/// Sums `count` floats of all ranks of MPI_COMM_WORLD in place; `scratch` holds a rank's longest block.
/// Returns MPI_SUCCESS or MPI's error code.
int c_ring_all_reduce(float *vector, float *scratch, size_t count);
