#ifndef CX12SCAN_H
#define CX12SCAN_H

// Finds the bytes that end elements and segments, 64 at a time: Swift has no portable movemask.

#include <stddef.h>
#include <stdint.h>
#if defined(__SSE2__)
#include <emmintrin.h>
#endif

// What was found in a block of an input.
typedef struct {
    size_t marks;
    size_t terminators;
    // Whether there are bytes in it that no element may hold.
    int suspects;
} cx12_found;

// The four bytes by which an input is cut up; where there is no repetition separator, it is the component separator.
typedef struct {
    uint8_t element;
    uint8_t segment;
    uint8_t component;
    uint8_t repetition;
} cx12_delimiters;

// Looks at the bytes `from..<to` of `bytes`.
//
// `marks` takes the place, counted from `bytes`, of every byte that is `element`, `segment`, a control character, DEL or
// outside of ASCII, but not the line ends right after a segment's terminator; it must have room for `to - from + 72`.
// `terminators` takes, for each mark that is `segment`, its number in `marks`; as much room. `from` is a multiple of 64:
// for each 64 bytes one word of `inner`, from `inner[from / 64]` on, says which of them are `component` or
// `repetition`, the lowest bit being the first byte.
cx12_found cx12_scan(const uint8_t *bytes, size_t from, size_t to, cx12_delimiters delimiters, uint32_t *marks,
                     uint32_t *terminators, uint64_t *inner);

// Writes `marks[i] - start` to `ends[i]` for `count` marks; up to three more are written.
static inline void cx12_relative(const uint32_t *marks, size_t count, uint32_t start, uint32_t *ends) {
#if defined(__SSE2__)
    const __m128i base = _mm_set1_epi32((int)start);
    for (size_t i = 0; i < count; i += 4) {
        const __m128i four = _mm_loadu_si128((const __m128i *)(marks + i));
        _mm_storeu_si128((__m128i *)(ends + i), _mm_sub_epi32(four, base));
    }
#else
    for (size_t i = 0; i < count; i++) ends[i] = marks[i] - start;
#endif
}

#endif
