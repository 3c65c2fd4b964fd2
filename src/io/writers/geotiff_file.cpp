#include "io/gdal_writer.h"

namespace specfuse {

ImageWriter geotiff_file() {
  // A part is a block of the file.
  return gdal_file("geotiff", ".tif",
                   {"GTiff",
                    {"COMPRESS=DEFLATE", "ZLEVEL=1", "TILED=YES", "BLOCKXSIZE=128", "BLOCKYSIZE=128", "INTERLEAVE=BAND",
                     "BIGTIFF=IF_SAFER", "PHOTOMETRIC=MINISBLACK", "ALPHA=NO"},
                    true,
                    "PREDICTOR=3",
                    "PREDICTOR=2",
                    true});
}

}  // namespace specfuse
