// The same function written right. The release is a block around the computation only:
//   - arguments are converted, and the capsule and the array are made, while the GIL is held;
//   - the end of the block takes the GIL again before the first object is touched;
//   - an exception leaves through the same end, so it becomes a Python one with the GIL held.
#include <memory>

#include <nanobind/nanobind.h>
#include <nanobind/ndarray.h>

#include "decimate.h"

namespace nb = nanobind;

using Samples = nb::ndarray<const double, nb::ndim<1>, nb::c_contig, nb::device::cpu>;
using Result = nb::ndarray<double, nb::memview, nb::ndim<1>, nb::c_contig, nb::device::cpu>;

static Result decimate_samples(Samples samples, std::size_t factor) {
    const std::size_t count = blocks(samples.shape(0), factor);
    auto values = std::make_unique<double[]>(count);
    {
        nb::gil_scoped_release release;
        decimate(samples.data(), samples.shape(0), factor, values.get());
    }

    nb::capsule owner(values.get(), [](void *p) noexcept { delete[] static_cast<double *>(p); });
    return Result(values.release(), {count}, owner);
}

NB_MODULE(capsule_right, m) {
    m.def("decimate", decimate_samples);
}
