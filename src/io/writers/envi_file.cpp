#include "io/gdal_writer.h"

namespace specfuse {

ImageWriter envi_file() { return gdal_file("envi", ".img", {"ENVI", {"INTERLEAVE=BIL"}}); }

}  // namespace specfuse
