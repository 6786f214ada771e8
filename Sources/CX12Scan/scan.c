#include "CX12Scan.h"

#if defined(__x86_64__)
#include <immintrin.h>
#endif

typedef struct {
    uint64_t separators;
    uint64_t ends;
    uint64_t parts;
    // Control characters, DEL, and what is outside of ASCII.
    uint64_t odd;
} block_bits;

// The line ends of 64 bytes.
static inline uint64_t line_bits(const uint8_t *bytes) {
    uint64_t lines = 0;
    for (int i = 0; i < 64; i++) lines |= (uint64_t)(bytes[i] == '\n' || bytes[i] == '\r') << i;
    return lines;
}

// Takes the line ends right after a terminator out of `odd`: the first, and a second one after that (CR LF). `after` says
// that the byte before the block is a terminator or a line end after one; the same for the next block is returned.
static inline uint64_t drop_lines(const uint8_t *bytes, uint64_t ends, uint64_t after, uint64_t *odd) {
    if (*odd == 0) return ends >> 63;
    const uint64_t lines = line_bits(bytes);
    const uint64_t first = lines & (ends << 1 | after);
    *odd &= ~(first | (lines & (first << 1)));
    return (ends | first) >> 63;
}

// Writes the places of the bits of `found`, eight at a time without a branch on each: what is written past the last is
// overwritten next.
#define FLATTEN(ctz)                                                                             \
    const uint64_t found = bits.separators | bits.ends | bits.odd;                               \
    const size_t hits = (size_t)__builtin_popcountll(found);                                     \
    uint64_t rest = found;                                                                       \
    for (size_t written = 0; written < hits; written += 8) {                                     \
        for (size_t step = 0; step < 8; step++) {                                                \
            const uint64_t place = ctz;                                                          \
            marks[markCount + written + step] = (uint32_t)(at + place);                          \
            terminators[endCount] = (uint32_t)(markCount + written + step);                      \
            endCount += (size_t)(((bits.ends & rest) >> (place & 63)) & 1);                      \
            rest &= rest - 1;                                                                    \
        }                                                                                        \
    }                                                                                            \
    markCount += hits;

#if defined(__x86_64__)
__attribute__((target("avx2,bmi,popcnt"))) static inline block_bits wide_bits(const uint8_t *bytes,
                                                                              cx12_delimiters delimiters) {
    block_bits bits = {0, 0, 0, 0};
    const __m256i elements = _mm256_set1_epi8((char)delimiters.element);
    const __m256i segments = _mm256_set1_epi8((char)delimiters.segment);
    const __m256i components = _mm256_set1_epi8((char)delimiters.component);
    const __m256i repetitions = _mm256_set1_epi8((char)delimiters.repetition);
    // Signed, a byte below 0x20 is a control character or has its high bit set.
    const __m256i space = _mm256_set1_epi8(0x20);
    const __m256i del = _mm256_set1_epi8(0x7f);
    for (int lane = 0; lane < 2; lane++) {
        const __m256i block = _mm256_loadu_si256((const __m256i *)(bytes + 32 * lane));
        const int shift = 32 * lane;
        const __m256i odd = _mm256_or_si256(_mm256_cmpgt_epi8(space, block), _mm256_cmpeq_epi8(block, del));
        const __m256i parts =
            _mm256_or_si256(_mm256_cmpeq_epi8(block, components), _mm256_cmpeq_epi8(block, repetitions));
        bits.separators |= (uint64_t)(uint32_t)_mm256_movemask_epi8(_mm256_cmpeq_epi8(block, elements)) << shift;
        bits.ends |= (uint64_t)(uint32_t)_mm256_movemask_epi8(_mm256_cmpeq_epi8(block, segments)) << shift;
        bits.parts |= (uint64_t)(uint32_t)_mm256_movemask_epi8(parts) << shift;
        bits.odd |= (uint64_t)(uint32_t)_mm256_movemask_epi8(odd) << shift;
    }
    bits.odd &= ~(bits.separators | bits.ends | bits.parts);
    return bits;
}

__attribute__((target("avx2,bmi,popcnt"))) static size_t scan_wide(
    const uint8_t *bytes, size_t from, size_t to, cx12_delimiters delimiters, uint64_t *after, cx12_found *result,
    uint32_t *marks, uint32_t *terminators, uint64_t *inner) {
    size_t at = from;
    size_t markCount = 0, endCount = 0;
    uint64_t suspects = 0;
    for (; at + 64 <= to; at += 64) {
        block_bits bits = wide_bits(bytes + at, delimiters);
        inner[at / 64] = bits.parts;
        *after = drop_lines(bytes + at, bits.ends, *after, &bits.odd);
        suspects |= bits.odd;
        FLATTEN(_tzcnt_u64(rest))
    }
    *result = (cx12_found){markCount, endCount, suspects != 0};
    return at;
}

// As `scan_wide`, where the processor packs the places of bits by itself: sixteen marks with each store.
__attribute__((target("avx512f,avx512bw,avx512vbmi2,bmi,bmi2,popcnt"))) static size_t scan_widest(
    const uint8_t *bytes, size_t from, size_t to, cx12_delimiters delimiters, uint64_t *after, cx12_found *result,
    uint32_t *marks, uint32_t *terminators, uint64_t *inner) {
    static const uint8_t numbers[64] = {
        0,  1,  2,  3,  4,  5,  6,  7,  8,  9,  10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21,
        22, 23, 24, 25, 26, 27, 28, 29, 30, 31, 32, 33, 34, 35, 36, 37, 38, 39, 40, 41, 42, 43,
        44, 45, 46, 47, 48, 49, 50, 51, 52, 53, 54, 55, 56, 57, 58, 59, 60, 61, 62, 63};
    const __m512i places = _mm512_loadu_si512(numbers);
    const __m512i elements = _mm512_set1_epi8((char)delimiters.element);
    const __m512i segments = _mm512_set1_epi8((char)delimiters.segment);
    const __m512i components = _mm512_set1_epi8((char)delimiters.component);
    const __m512i repetitions = _mm512_set1_epi8((char)delimiters.repetition);
    const __m512i space = _mm512_set1_epi8(0x20);
    const __m512i del = _mm512_set1_epi8(0x7f);
    size_t at = from;
    size_t markCount = 0, endCount = 0;
    uint64_t suspects = 0;
    for (; at + 64 <= to; at += 64) {
        const __m512i block = _mm512_loadu_si512(bytes + at);
        const uint64_t separators = _mm512_cmpeq_epi8_mask(block, elements);
        const uint64_t ends = _mm512_cmpeq_epi8_mask(block, segments);
        const uint64_t parts =
            _mm512_cmpeq_epi8_mask(block, components) | _mm512_cmpeq_epi8_mask(block, repetitions);
        // Signed, as in `wide_bits`.
        uint64_t odd = _mm512_cmplt_epi8_mask(block, space) | _mm512_cmpeq_epi8_mask(block, del);
        odd &= ~(separators | ends | parts);
        inner[at / 64] = parts;
        *after = drop_lines(bytes + at, ends, *after, &odd);
        suspects |= odd;
        const uint64_t found = separators | ends | odd;
        const size_t hits = (size_t)_mm_popcnt_u64(found);
        const __m512i offset = _mm512_set1_epi32((int)at);
        __m512i packed = _mm512_maskz_compress_epi8(found, places);
        for (size_t written = 0; written < hits; written += 16) {
            const __m512i sixteen = _mm512_cvtepu8_epi32(_mm512_castsi512_si128(packed));
            _mm512_storeu_si512(marks + markCount + written, _mm512_add_epi32(sixteen, offset));
            packed = _mm512_shuffle_i32x4(packed, packed, 0x39);
        }
        // The terminators' numbers among the marks of this block.
        const uint64_t ranks = _pext_u64(ends, found);
        const size_t closed = (size_t)_mm_popcnt_u64(ends);
        const __m512i first = _mm512_set1_epi32((int)markCount);
        packed = _mm512_maskz_compress_epi8(ranks, places);
        for (size_t written = 0; written < closed; written += 16) {
            const __m512i sixteen = _mm512_cvtepu8_epi32(_mm512_castsi512_si128(packed));
            _mm512_storeu_si512(terminators + endCount + written, _mm512_add_epi32(sixteen, first));
            packed = _mm512_shuffle_i32x4(packed, packed, 0x39);
        }
        markCount += hits;
        endCount += closed;
    }
    *result = (cx12_found){markCount, endCount, suspects != 0};
    return at;
}
#endif

#if defined(__SSE2__)
static inline block_bits narrow_bits(const uint8_t *bytes, cx12_delimiters delimiters) {
    block_bits bits = {0, 0, 0, 0};
    const __m128i elements = _mm_set1_epi8((char)delimiters.element);
    const __m128i segments = _mm_set1_epi8((char)delimiters.segment);
    const __m128i components = _mm_set1_epi8((char)delimiters.component);
    const __m128i repetitions = _mm_set1_epi8((char)delimiters.repetition);
    const __m128i space = _mm_set1_epi8(0x20);
    const __m128i del = _mm_set1_epi8(0x7f);
    for (int lane = 0; lane < 4; lane++) {
        const __m128i block = _mm_loadu_si128((const __m128i *)(bytes + 16 * lane));
        const int shift = 16 * lane;
        const __m128i odd = _mm_or_si128(_mm_cmplt_epi8(block, space), _mm_cmpeq_epi8(block, del));
        const __m128i parts = _mm_or_si128(_mm_cmpeq_epi8(block, components), _mm_cmpeq_epi8(block, repetitions));
        bits.separators |= (uint64_t)(uint32_t)_mm_movemask_epi8(_mm_cmpeq_epi8(block, elements)) << shift;
        bits.ends |= (uint64_t)(uint32_t)_mm_movemask_epi8(_mm_cmpeq_epi8(block, segments)) << shift;
        bits.parts |= (uint64_t)(uint32_t)_mm_movemask_epi8(parts) << shift;
        bits.odd |= (uint64_t)(uint32_t)_mm_movemask_epi8(odd) << shift;
    }
    bits.odd &= ~(bits.separators | bits.ends | bits.parts);
    return bits;
}
#else
static inline block_bits narrow_bits(const uint8_t *bytes, cx12_delimiters delimiters) {
    block_bits bits = {0, 0, 0, 0};
    for (int i = 0; i < 64; i++) {
        const uint8_t byte = bytes[i];
        bits.separators |= (uint64_t)(byte == delimiters.element) << i;
        bits.ends |= (uint64_t)(byte == delimiters.segment) << i;
        bits.parts |= (uint64_t)(byte == delimiters.component || byte == delimiters.repetition) << i;
        bits.odd |= (uint64_t)(byte < 0x20 || byte >= 0x7f) << i;
    }
    bits.odd &= ~(bits.separators | bits.ends | bits.parts);
    return bits;
}
#endif

static size_t scan_narrow(const uint8_t *bytes, size_t from, size_t to, cx12_delimiters delimiters, uint64_t *after,
                          cx12_found *result, uint32_t *marks, uint32_t *terminators, uint64_t *inner) {
    size_t at = from;
    size_t markCount = 0, endCount = 0;
    uint64_t suspects = 0;
    for (; at + 64 <= to; at += 64) {
        block_bits bits = narrow_bits(bytes + at, delimiters);
        inner[at / 64] = bits.parts;
        *after = drop_lines(bytes + at, bits.ends, *after, &bits.odd);
        suspects |= bits.odd;
        FLATTEN((uint64_t)__builtin_ctzll(rest | (uint64_t)1 << 63))
    }
    *result = (cx12_found){markCount, endCount, suspects != 0};
    return at;
}

cx12_found cx12_scan(const uint8_t *bytes, size_t from, size_t to, cx12_delimiters delimiters, uint32_t *marks,
                     uint32_t *terminators, uint64_t *inner) {
    cx12_found result = {0, 0, 0};
    uint64_t after = from > 0 && (bytes[from - 1] == delimiters.segment ||
                                  (from > 1 && bytes[from - 1] == '\r' && bytes[from - 2] == delimiters.segment));
    size_t at;
#if defined(__x86_64__)
    if (__builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("avx512vbmi2") && __builtin_cpu_supports("bmi2")) {
        at = scan_widest(bytes, from, to, delimiters, &after, &result, marks, terminators, inner);
    } else if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("bmi") && __builtin_cpu_supports("popcnt")) {
        at = scan_wide(bytes, from, to, delimiters, &after, &result, marks, terminators, inner);
    } else {
        at = scan_narrow(bytes, from, to, delimiters, &after, &result, marks, terminators, inner);
    }
#else
    at = scan_narrow(bytes, from, to, delimiters, &after, &result, marks, terminators, inner);
#endif
    for (; at < to; at++) {
        const uint8_t byte = bytes[at];
        const int isPart = byte == delimiters.component || byte == delimiters.repetition;
        if (at % 64 == 0) inner[at / 64] = 0;
        if (isPart) inner[at / 64] |= (uint64_t)1 << (at % 64);
        const int isLine = byte == '\n' || byte == '\r';
        const int isOdd = (byte < 0x20 || byte >= 0x7f) && !isPart;
        if (byte == delimiters.segment) {
            terminators[result.terminators++] = (uint32_t)result.marks;
            marks[result.marks++] = (uint32_t)at;
            after = 1;
            continue;
        }
        if (byte == delimiters.element) {
            marks[result.marks++] = (uint32_t)at;
        } else if (isOdd && !(isLine && after)) {
            result.suspects = 1;
            marks[result.marks++] = (uint32_t)at;
        }
        after = byte == '\r' && after;
    }
    return result;
}
