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
    if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("bmi") && __builtin_cpu_supports("popcnt")) {
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
