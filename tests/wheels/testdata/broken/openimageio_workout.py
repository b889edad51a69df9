"""OpenImageIO up to 3.0.6: IBA.demosaic lets go of the GIL and then takes its white balance
out of a tuple (AcademySoftwareFoundation/OpenImageIO#4777)."""

import OpenImageIO as oiio

source = oiio.ImageBuf(oiio.ImageSpec(64, 64, 1, "float"))
result = oiio.ImageBufAlgo.demosaic(source, "bayer", "linear", "RGGB", (2.0, 1.0, 1.5, 1.0))
print(not result.has_error)
