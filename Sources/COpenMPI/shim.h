// What Swift can't import of Open MPI: its handles are cast macros. One accessor each.
#pragma once
#include <mpi.h>

static inline MPI_Comm syncline_comm_world(void) { return MPI_COMM_WORLD; }
static inline MPI_Request syncline_request_null(void) { return MPI_REQUEST_NULL; }
static inline MPI_Status *syncline_statuses_ignore(void) { return MPI_STATUSES_IGNORE; }
static inline MPI_Status *syncline_status_ignore(void) { return MPI_STATUS_IGNORE; }
static inline MPI_Errhandler syncline_errors_return(void) { return MPI_ERRORS_RETURN; }
static inline void *syncline_in_place(void) { return MPI_IN_PLACE; }

static inline MPI_Datatype syncline_byte(void) { return MPI_BYTE; }
static inline MPI_Datatype syncline_float(void) { return MPI_FLOAT; }
static inline MPI_Datatype syncline_double(void) { return MPI_DOUBLE; }
static inline MPI_Datatype syncline_int32(void) { return MPI_INT32_T; }
static inline MPI_Datatype syncline_int64(void) { return MPI_INT64_T; }
static inline MPI_Datatype syncline_uint16(void) { return MPI_UINT16_T; }

static inline MPI_Op syncline_op_sum(void) { return MPI_SUM; }
static inline MPI_Op syncline_op_min(void) { return MPI_MIN; }
static inline MPI_Op syncline_op_max(void) { return MPI_MAX; }
static inline MPI_Op syncline_op_prod(void) { return MPI_PROD; }
