"""Makes the files of products as their public documentation describes them, small and of a ground that is known.

What each is made from is written at its maker. Needs NumPy, h5py and GDAL's Python.
"""
import zipfile
from pathlib import Path

import h5py
import numpy as np
from osgeo import gdal, osr

gdal.UseExceptions()

PIXEL = 10  # metres
EAST, NORTH, EPSG = 399960.0, 5800020.0, 32633
WAVELENGTHS = np.arange(400, 2500, 2.0)


class Ground:
    """Parcels of four materials in pixels of 10 m; their reflectance changes smoothly with the wavelength."""

    def __init__(self, side):
        rng = np.random.default_rng(3)
        share = np.kron(rng.integers(0, 4, (side // 6, side // 6)), np.ones((6, 6), int))
        self.share = np.eye(4)[share] * 0.8 + rng.dirichlet(np.ones(4), (side, side)) * 0.2
        x = (WAVELENGTHS - 400) / 2100
        self.spectra = np.stack([0.05 + 0.4 / (1 + np.exp((0.15 - x) * 60)) * (1 - 0.5 * x), 0.1 + 0.35 * x**0.5,
                                 0.3 - 0.2 * x + 0.1 * np.sin(12 * x), 0.08 + 0.02 * np.cos(9 * x)])

    def at(self, wavelengths, factor):
        """[rows, cols, bands] in pixels of `factor` x 10 m."""
        spectra = np.stack([np.interp(wavelengths, WAVELENGTHS, one) for one in self.spectra])
        return means(self.share @ spectra, factor)

    def inside(self, edges, factor):
        """The same over bands between edges."""
        return np.stack([self.at(np.arange(low, high + 1, 2), factor).mean(2) for low, high in edges], 2)


def means(image, factor):
    rows, cols, bands = image.shape
    return image.reshape(rows // factor, factor, cols // factor, factor, bands).mean((1, 3))


def projection(epsg=EPSG):
    system = osr.SpatialReference()
    system.ImportFromEPSG(epsg)
    return system.ExportToWkt()


def geotiff(path, image, pixel, nodata=None, names=(), driver="GTiff"):
    """[rows, cols, bands] as a file of GDAL; JPEG 2000 without loss."""
    image = image if image.ndim == 3 else image[..., None]
    kind = {"uint16": gdal.GDT_UInt16, "int16": gdal.GDT_Int16, "float32": gdal.GDT_Float32}[str(image.dtype)]
    memory = gdal.GetDriverByName("MEM").Create("", image.shape[1], image.shape[0], image.shape[2], kind)
    memory.SetGeoTransform((EAST, pixel, 0, NORTH, 0, -pixel))
    memory.SetProjection(projection())
    for band in range(image.shape[2]):
        memory.GetRasterBand(band + 1).WriteArray(image[..., band])
        if nodata is not None:
            memory.GetRasterBand(band + 1).SetNoDataValue(nodata)
        if names:
            memory.GetRasterBand(band + 1).SetDescription(names[band])
    options = ["QUALITY=100", "REVERSIBLE=YES"] if driver == "JP2OpenJPEG" else []
    gdal.GetDriverByName(driver).CreateCopy(str(path), memory, options=options)
    for left in Path(path).parent.glob("*.aux.xml"):
        left.unlink()


def enmap(folder, image, centres, widths, swir, level="L2A"):
    """EnMAP HSI L2A: DLR, EN-PCV-ICD-2009-2, Product Specification Document. `swir` counts bands from 1."""
    stem = f"ENMAP01-____{level}-DT0000001867_20220724T104526Z_008_V010302_20230628T165614Z-"
    stored = np.where(np.isnan(image), -32768, np.round(image * 10000)).astype("int16")
    geotiff(folder / f"{stem}SPECTRAL_IMAGE.TIF", stored, 30, -32768)
    bands = "".join(f'<bandID number="{i + 1}"><wavelengthCenterOfBand>{centre}</wavelengthCenterOfBand><FWHMOfBand>{width}'
                    "</FWHMOfBand><GainOfBand>0.0001</GainOfBand><OffsetOfBand>0</OffsetOfBand></bandID>"
                    for i, (centre, width) in enumerate(zip(centres, widths)))
    vnir = sorted(set(range(1, len(centres) + 1)) - set(swir))
    (folder / f"{stem}METADATA.XML").write_text(
        '<?xml version="1.0" encoding="UTF-8"?><level_X><metadata/><product><image><merge><channels>'
        f"{len(centres)}</channels></merge></image></product><specific><backgroundValue>-32768</backgroundValue>"
        f"<vnirProductQuality><expectedChannelsList>{','.join(map(str, vnir))}</expectedChannelsList></vnirProductQuality>"
        f"<swirProductQuality><expectedChannelsList>{','.join(map(str, swir))}</expectedChannelsList></swirProductQuality>"
        f"<bandCharacterisation>{bands}</bandCharacterisation></specific></level_X>")
    return folder / f"{stem}SPECTRAL_IMAGE.TIF"


def desis(folder, image, centres, widths):
    """DESIS L2A: DLR, DESIS Data Products Definition Document; bands also stand under interiorOrientation."""
    stem = "DESIS-HSI-L2A-DT0485529168_001-20200915T104523-V0210-"
    geotiff(folder / f"{stem}SPECTRAL_IMAGE.tif", np.round(image * 10000).astype("int16"), 30, -32768)
    bands = "".join(f"<band><bandNumber>{i + 1}</bandNumber><wavelengthCenterOfBand>{centre}</wavelengthCenterOfBand>"
                    f"<wavelengthWidthOfBand>{width}</wavelengthWidthOfBand><response>0.5,1,0.5</response>"
                    "<gainOfBand>0.0001</gainOfBand><offsetOfBand>0</offsetOfBand></band>"
                    for i, (centre, width) in enumerate(zip(centres, widths)))
    (folder / f"{stem}METADATA.xml").write_text(
        '<?xml version="1.0"?><hsi_doc><base/><specific><interiorOrientation><band><bandNumber>1</bandNumber></band>'
        f"</interiorOrientation><bandCharacterisation>{bands}</bandCharacterisation></specific></hsi_doc>")
    return folder / f"{stem}METADATA.xml"


SENTINEL2 = {"B1": (443, 60), "B2": (492.4, 10), "B3": (559.8, 10), "B4": (664.6, 10), "B5": (704.1, 20), "B6": (740.5, 20),
             "B7": (782.8, 20), "B8": (832.8, 10), "B8A": (864.7, 20), "B9": (945.1, 60), "B10": (1373.5, 60),
             "B11": (1613.7, 20), "B12": (2202.4, 20)}


def sentinel2(folder, bands, offset=-1000, craft="Sentinel-2A"):
    """Sentinel-2 L2A: ESA, S2-PDGS-TAS-DI-PSD, Product Specification Document 14.9; `bands` by their names as
    (resolution, reflectance). No offset: as before baseline 04.00."""
    baseline = "0400" if offset else "0301"
    safe = folder / f"S2{craft[-1]}_MSIL2A_20220724T102559_N{baseline}_R108_T33UUU_20220724T180703.SAFE"
    images = safe / "GRANULE" / "L2A_T33UUU_A037009_20220724T102601" / "IMG_DATA"
    for (name, resolution), reflectance in bands.items():
        (images / f"R{resolution}m").mkdir(parents=True, exist_ok=True)
        stored = np.where(np.isnan(reflectance), 0, np.round(reflectance * 10000) - (offset or 0)).astype("uint16")
        padded = name[0] + name[1:].zfill(2)
        geotiff(images / f"R{resolution}m" / f"T33UUU_20220724T102559_{padded}_{resolution}m.jp2", stored, resolution,
                driver="JP2OpenJPEG")
    spectral = "".join(f'<Spectral_Information bandId="{i}" physicalBand="{name}"><RESOLUTION>{pixel}</RESOLUTION><Wavelength>'
                       f'<CENTRAL unit="nm">{centre}</CENTRAL></Wavelength></Spectral_Information>'
                       for i, (name, (centre, pixel)) in enumerate(SENTINEL2.items()))
    offsets = "".join(f'<BOA_ADD_OFFSET band_id="{i}">{offset}</BOA_ADD_OFFSET>' for i in range(13)) if offset else ""
    (safe / "MTD_MSIL2A.xml").write_text(
        '<?xml version="1.0" encoding="UTF-8" standalone="no"?><n1:Level-2A_User_Product '
        'xmlns:n1="https://psd-14.sentinel2.eo.esa.int/PSD/User_Product_Level-2A.xsd"><n1:General_Info><Product_Info>'
        f"<Datatake><SPACECRAFT_NAME>{craft}</SPACECRAFT_NAME></Datatake></Product_Info><Product_Image_Characteristics>"
        "<Special_Values><SPECIAL_VALUE_TEXT>NODATA</SPECIAL_VALUE_TEXT><SPECIAL_VALUE_INDEX>0</SPECIAL_VALUE_INDEX>"
        "</Special_Values><QUANTIFICATION_VALUES_LIST><BOA_QUANTIFICATION_VALUE unit=\"none\">10000"
        "</BOA_QUANTIFICATION_VALUE></QUANTIFICATION_VALUES_LIST>"
        f"<BOA_ADD_OFFSET_VALUES_LIST>{offsets}</BOA_ADD_OFFSET_VALUES_LIST><Spectral_Information_List>{spectral}"
        "</Spectral_Information_List></Product_Image_Characteristics></n1:General_Info></n1:Level-2A_User_Product>")
    return safe


def zipped(folder):
    """An archive of a folder, beside it, with the folder in it."""
    path = folder.parent / (folder.name + ".zip")
    with zipfile.ZipFile(path, "w") as archive:
        for file in sorted(folder.rglob("*")):
            archive.write(file, file.relative_to(folder.parent))
    return path


def prisma(path, vnir, swir, scales=((0.0, 0.9), (0.0, 0.7))):
    """PRISMA L2D: ASI, PRISMA Products Specification Document 2.3; each detector as (centres, widths, reflectance),
    wavelengths falling, those of bands without data 0. Corners are centres of pixels."""
    with h5py.File(path, "w") as file:
        fields = file.create_group("HDFEOS/SWATHS/PRS_L2D_HCO/Data Fields")
        for name, (centres, widths, image), (least, most) in zip(("Vnir", "Swir"), (vnir, swir), scales):
            stored = np.round((image - least) / (most - least) * 65535)
            stored = np.where(np.isnan(image) | (np.asarray(centres) == 0), 0, stored).astype("uint16")
            fields.create_dataset(name.upper() + "_Cube", data=stored.transpose(0, 2, 1))
            file.attrs[f"List_Cw_{name}"] = np.asarray(centres, "f4")
            file.attrs[f"List_Fwhm_{name}"] = np.asarray(widths, "f4")
            file.attrs[f"List_Cw_{name}_Flags"] = (np.asarray(centres) > 0).astype("i4")
            file.attrs[f"L2Scale{name}Min"], file.attrs[f"L2Scale{name}Max"] = np.float32(least), np.float32(most)
        rows, cols, _ = image.shape
        file.attrs["Epsg_Code"] = np.uint32(EPSG)
        file.attrs["Product_ULcorner_easting"], file.attrs["Product_ULcorner_northing"] = EAST + 15, NORTH - 15
        file.attrs["Product_LRcorner_easting"] = EAST + 30 * cols - 15
        file.attrs["Product_LRcorner_northing"] = NORTH - 30 * rows + 15
    return path


def emit(path, swath, centres, widths, good, table):
    """EMIT L2A: JPL, EMIT L2A Algorithm and User Guide; `table` is columns and rows of the swath from 1, 0: none."""
    with h5py.File(path, "w") as file:
        values = file.create_dataset("reflectance", data=swath.astype("f4"), chunks=(8, 8, swath.shape[2]), compression="gzip")
        values.attrs["_FillValue"] = np.array([-9999], "f4")
        bands = file.create_group("sensor_band_parameters")
        bands["wavelengths"], bands["fwhm"] = np.asarray(centres, "f4"), np.asarray(widths, "f4")
        bands["good_wavelengths"] = np.asarray(good, "u1")
        place = file.create_group("location")
        place["glt_x"], place["glt_y"] = (np.asarray(one, "i4") for one in table)
        file.attrs["geotransform"] = np.array([13.0, 0.000542232520256367, 0, 52.5, 0, -0.000542232520256367])
        file.attrs["spatial_ref"] = projection(4326)
    return path


def landsat(folder, bands, craft="LANDSAT_8", fill=None):
    """Landsat Collection 2 L2SP: USGS, LSDS-1619, Level 2 Data Format Control Book; `bands` from band 1 on, by number."""
    stem = f"LC0{craft[-1]}_L2SP_193023_20220724_20220802_02_T1"
    fill = np.zeros(next(iter(bands.values())).shape, bool) if fill is None else fill
    for number, reflectance in bands.items():
        stored = np.where(np.isnan(reflectance), 0, np.round((reflectance + 0.2) / 2.75e-05)).astype("uint16")
        geotiff(folder / f"{stem}_SR_B{number}.TIF", stored, 30, 0)
    geotiff(folder / f"{stem}_QA_PIXEL.TIF", np.where(fill, 1, 21824).astype("uint16"), 30, 1)
    names = "".join(f'    FILE_NAME_BAND_{number} = "{stem}_SR_B{number}.TIF"\n' for number in bands)
    level2, level1 = ("".join(f"    REFLECTANCE_{what}_BAND_{number} = {value}\n" for what, value in values
                              for number in bands)
                      for values in ((("MULT", 2.75e-05), ("ADD", -0.2)), (("MULT", 2e-05), ("ADD", -0.1))))
    (folder / f"{stem}_MTL.txt").write_text(
        f'GROUP = LANDSAT_METADATA_FILE\n  GROUP = PRODUCT_CONTENTS\n    PROCESSING_LEVEL = "L2SP"\n{names}'
        f'    FILE_NAME_QUALITY_L1_PIXEL = "{stem}_QA_PIXEL.TIF"\n  END_GROUP = PRODUCT_CONTENTS\n'
        f'  GROUP = IMAGE_ATTRIBUTES\n    SPACECRAFT_ID = "{craft}"\n    SUN_ELEVATION = 50\n  END_GROUP = IMAGE_ATTRIBUTES\n'
        f"  GROUP = LEVEL2_SURFACE_REFLECTANCE_PARAMETERS\n{level2}  END_GROUP = LEVEL2_SURFACE_REFLECTANCE_PARAMETERS\n"
        f"  GROUP = LEVEL1_RADIOMETRIC_RESCALING\n{level1}  END_GROUP = LEVEL1_RADIOMETRIC_RESCALING\n"
        "END_GROUP = LANDSAT_METADATA_FILE\nEND\n")
    return folder / f"{stem}_MTL.txt"


def eo1(folder, bands, scene="EO1H1930232010163110KF", scaling=("SCALING_FACTOR_VNIR = 40", "SCALING_FACTOR_SWIR = 80")):
    """EO-1 L1T: USGS, EO-1 User Guide 2.3; `bands` as stored, by number."""
    for number, stored in bands.items():
        geotiff(folder / f"{scene}_B{number:0{3 if scene[3] == 'H' else 2}d}_L1T.TIF", stored.astype("int16"), 30)
    lines = "".join(f"    {line}\n" for line in scaling)
    (folder / f"{scene}_MTL_L1T.TXT").write_text(
        "GROUP = L1_METADATA_FILE\n  GROUP = PRODUCT_METADATA\n    PRODUCT_TYPE = \"L1T\"\n  END_GROUP = PRODUCT_METADATA\n"
        f"  GROUP = RADIANCE_SCALING\n{lines}  END_GROUP = RADIANCE_SCALING\nEND_GROUP = L1_METADATA_FILE\nEND\n")
    return folder / f"{scene}_MTL_L1T.TXT"


def planetscope(folder, image, instrument="PSB.SD", kind="_SR"):
    """PlanetScope ortho scene: Planet, PlanetScope Product Specifications."""
    stem, eight = "20220724_095823_12_2413_3B_AnalyticMS", "_8b" if image.shape[2] == 8 else ""
    scale = 1e-4 if kind else 2e-5
    geotiff(folder / f"{stem}{kind}{eight}.tif", np.where(np.isnan(image), 0, np.round(image / scale)).astype("uint16"), 3, 0)
    bands = "".join(f"<ps:bandSpecificMetadata><ps:bandNumber>{i + 1}</ps:bandNumber><ps:reflectanceCoefficient>{scale}"
                    "</ps:reflectanceCoefficient></ps:bandSpecificMetadata>" for i in range(image.shape[2]))
    (folder / f"{stem}{eight}_metadata.xml").write_text(
        '<?xml version="1.0"?><ps:EarthObservation xmlns:ps="http://schemas.planet.com/ps/v1/planet_product_metadata_'
        'geocorrected_level" xmlns:eop="http://earth.esa.int/eop"><eop:Instrument><eop:shortName>'
        f"{instrument}</eop:shortName></eop:Instrument>{bands}</ps:EarthObservation>")
    return folder / f"{stem}{kind}{eight}.tif"


def worldview(folder, image, groups, craft="WV02"):
    """WorldView: DigitalGlobe, Imagery Support Data (ISD) documentation; the factors are 0.01 and 0.05 um."""
    geotiff(folder / "12JUN01-M2AS-052800_P001.TIF", image.astype("uint16"), 2)
    bands = "".join(f"BEGIN_GROUP = BAND_{name}\n\tabsCalFactor = 1.0e-02;\n\teffectiveBandwidth = 5.0e-02;\n"
                    f"END_GROUP = BAND_{name}\n" for name in groups)
    (folder / "12JUN01-M2AS-052800_P001.IMD").write_text(
        f'version = "28.3";\nbandId = "Multi";\n{bands}BEGIN_GROUP = IMAGE_1\n\tsatId = "{craft}";\nEND_GROUP = IMAGE_1\nEND;\n')
    return folder / "12JUN01-M2AS-052800_P001.TIF"
