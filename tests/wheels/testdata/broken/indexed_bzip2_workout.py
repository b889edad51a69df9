"""indexed_bzip2 up to 1.5.0: as rapidgzip, whose code it shares."""

import bz2
import io

import indexed_bzip2

data = b"Now is the winter of our discontent" * 100000
with indexed_bzip2.IndexedBzip2File(io.BytesIO(bz2.compress(data)), parallelization=2) as file:
    print(file.read() == data)
