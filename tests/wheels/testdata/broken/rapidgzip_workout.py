"""rapidgzip up to 0.10.3: worker threads read from a Python file object without attaching
(mxmlnkn/rapidgzip#24)."""

import gzip
import io

import rapidgzip

data = b"Now is the winter of our discontent" * 1000
with rapidgzip.RapidgzipFile(io.BytesIO(gzip.compress(data)), parallelization=2) as file:
    print(len(file.block_offsets()) > 0)
