// The computation both modules wrap: plain C++, no Python object in sight.
#pragma once

#include <cmath>
#include <cstddef>
#include <stdexcept>
#include <string>

// blocks is the number of whole blocks of factor samples in size samples.
inline std::size_t blocks(std::size_t size, std::size_t factor) {
    if (factor == 0)
        throw std::invalid_argument("factor must be at least 1");
    return size / factor;
}

// decimate writes the mean of every whole block of factor samples to out, which has room for
// blocks(size, factor) values. It throws std::invalid_argument at a sample that is no number.
inline void decimate(const double *samples, std::size_t size, std::size_t factor, double *out) {
    const std::size_t count = blocks(size, factor);
    for (std::size_t block = 0; block < count; block++) {
        double sum = 0;
        for (std::size_t i = block * factor; i < (block + 1) * factor; i++) {
            if (std::isnan(samples[i]))
                throw std::invalid_argument("sample " + std::to_string(i) + " is not a number");
            sum += samples[i];
        }
        out[block] = sum / static_cast<double>(factor);
    }
}
