#pragma once
#include <zlib.h>

// inflateInit2 is a macro, which Swift does not see; 31 asks for a gzip header and its check sum.
static inline int claimwright_inflateInitGzip(z_stream *stream) { return inflateInit2(stream, 31); }
