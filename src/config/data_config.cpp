#include "specfuse/config/config.h"
#include "specfuse/core/fields.h"
#include "specfuse/imaging/orientation.h"
#include "specfuse/io/scene.h"

namespace specfuse {

void Region::describe(FieldVisitor& fields) {
  fields("row", row, Range{0, 1e9}, "First row, counted from 0.");
  fields("col", col, Range{0, 1e9}, "First column, counted from 0.");
  fields("rows", rows, Range{1, 1e9}, Label{"rows of the part", "fine pixels"}, "How many rows.");
  fields("cols", cols, Range{1, 1e9}, Label{"columns of the part", "fine pixels"}, "How many columns.");
}

void WavelengthConfig::describe(FieldVisitor& fields) {
  const Range nanometres{100, 1e5};
  fields("values", values, nanometres, "One for each band.");
  fields("range", range, nanometres, "Of the first and the last band; those between lie evenly.");
  fields("file", file, "CSV with a column `wavelength_nm`, a line for each band; found as data is.");
}

void ImageConfig::describe(FieldVisitor& fields) {
  fields("file", file, Label{"file"}, "Required. The file, in a format of `--list`.");
  fields("dataset", dataset, "As `data.dataset`.");
  fields("axes", axes, axis_orders(), "As `data.axes`.");
  fields("wavelength_nm", wavelength_nm, "As `data.wavelength_nm`.");
  fields("nodata", nodata, "As `data.nodata`.");
  fields("bands", bands, Range{0, 1e4}, "As `data.bands`.");
  fields("geotransform", geotransform,
         "Of a file without a georeference, in GDAL's order: x of the upper left corner, step of x to the next "
         "column and row, y of the corner, step of y to the next column and row.");
}

void DataConfig::describe(FieldVisitor& fields) {
  fields("scene", scene, Label{"scene"},
         "File of a reference scene [rows, cols, bands], HDF5 or another format of `--list`.");
  fields("dataset", dataset, OnlyWith{"scene"}, "The dataset in it; null: `/cube`.");
  fields("axes", axes, axis_orders(), OnlyWith{"scene"},
         "The order of its axes: r, c and b for rows, columns and bands; null: `rcb`. Those of MATLAB's files are "
         "turned already.");
  fields("wavelength_nm", wavelength_nm, OnlyWith{"scene", "pair"},
         "Band centres in nanometres of a scene or pair whose file has none, all of its bands: exactly one of "
         "values, range and file.");
  fields(
      "nodata", nodata, OnlyWith{"scene", "pair"},
      "What stands for no data in a scene or a pair; null: the attribute `nodata` of the file. Pixels "
      "without "
      "data take no part in scores and colours, and the result has none there; for the methods they are filled in from "
      "around.");
  Choices ways{};
  for (const Orientation& one : orientations()) ways.texts.push_back(one.name);
  fields(
      "orientation", orientation, ways, OnlyWith{"scene", "pair", "hsi"},
      "How a scene, or the MSI of a measured pair, is turned before anything else is done with it; null: not at all. "
      "An MSI that lies upside down, mirrored or turned on the HSI is refused with the value that mends it.");
  fields(
      "outliers", outliers, Choices{"mask", "keep"}, OnlyWith{"pair", "hsi"},
      "Of a measured pair: values far beyond all others of their band of which the other image shows nothing, such as "
      "wrapped integers. mask (null is the same): methods and scores get the mean of the pixels around; `fused.h5` has "
      "those of the HSI as they are, and a large `/sigma` at both. keep: they are values as any.");
  fields("pair", pair, Label{"pair"},
         "HDF5 file of a measured pair: `/hsi`, `/msi`, optional `/reference` and `/srf`; images with a geotransform "
         "each are treated as `data.hsi` says. `degrade.ratio` has to be the pair's, `degrade.psf` describes it, and "
         "so does `degrade.srf` where the file has no `/srf`; noise and "
         "shift are in the pair already.");
  fields(
      "hsi", hsi, Label{"HSI"}, RequiredWith{"msi"},
      "The HSI of a measured pair whose images are files of their own. Where both have a geotransform they are cut to "
      "the HSI pixels that the MSI covers, and the MSI is resampled once, to the whole number of fine pixels nearest "
      "to what an HSI pixel is in pixels of the MSI. Where the pixels of the MSI have that size already, nothing is "
      "resampled, and the PSF is moved by the part of a pixel that they lie beside. Otherwise they have to show "
      "exactly the same ground. `degrade` is as for `data.pair`.");
  fields("msi", msi, Label{"MSI"}, RequiredWith{"hsi"}, "The MSI of the same pair.");
  fields("synthetic", synthetic, "A scene made up from a seed.");
  fields("bands", bands, Range{0, 1e4}, OnlyWith{"scene"},
         "The first band to use, counted from 0, and how many; null: all of them.");
  fields("crop", crop, "The part of the reference (of the MSI for a pair) to use; null: all of it.");
}

}  // namespace specfuse
