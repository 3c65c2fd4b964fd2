#include "io/gdal_writer.h"

namespace specfuse {

ImageWriter geotiff_file() {
  // A part is a block of the file.
  return gdal_file("geotiff", ".tif",
                   {"GTiff",
                    {"COMPRESS=DEFLATE", "ZLEVEL=1", "PREDICTOR=3", "TILED=YES", "BLOCKXSIZE=128", "BLOCKYSIZE=128",
                     "INTERLEAVE=BAND", "BIGTIFF=IF_SAFER"},
                    true});
}

}  // namespace specfuse
