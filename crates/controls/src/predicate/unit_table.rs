//! The units themselves: symbol, what it measures, and its size in base units.

/// Base quantities, in the order of a dimension's exponents.
pub(crate) const BASES: usize = 16;

/// Exponents of length, mass, time, current, temperature, amount, luminous
/// intensity, angle, information, operations, floating-point operations,
/// decibels, decibels over isotropic, decibels under carrier, weighted
/// teraflops, total processing performance.
pub(crate) type Dimension = [i8; BASES];

/// How an atom stands to its base unit.
pub(crate) struct Atom {
    pub symbol: &'static str,
    pub prefixes: bool,
    pub dimension: Dimension,
    pub scale: f64,
}

const fn dim(parts: &[(usize, i8)]) -> Dimension {
    let mut dimension = [0; BASES];
    let mut at = 0;
    while at < parts.len() {
        dimension[parts[at].0] = parts[at].1;
        at += 1;
    }
    dimension
}

pub(crate) const NONE: Dimension = [0; BASES];
pub(crate) const LENGTH: Dimension = dim(&[(0, 1)]);
pub(crate) const MASS: Dimension = dim(&[(1, 1)]);
pub(crate) const TIME: Dimension = dim(&[(2, 1)]);
pub(crate) const CURRENT: Dimension = dim(&[(3, 1)]);
pub(crate) const TEMPERATURE: Dimension = dim(&[(4, 1)]);
pub(crate) const AMOUNT: Dimension = dim(&[(5, 1)]);
pub(crate) const LIGHT: Dimension = dim(&[(6, 1)]);
pub(crate) const ANGLE: Dimension = dim(&[(7, 1)]);
pub(crate) const BIT: Dimension = dim(&[(8, 1)]);
pub(crate) const OPERATIONS: Dimension = dim(&[(9, 1), (2, -1)]);
pub(crate) const FLOPS: Dimension = dim(&[(10, 1), (2, -1)]);
pub(crate) const DECIBEL: Dimension = dim(&[(11, 1)]);
pub(crate) const ISOTROPIC: Dimension = dim(&[(12, 1)]);
pub(crate) const CARRIER: Dimension = dim(&[(13, 1)]);
pub(crate) const WEIGHTED: Dimension = dim(&[(14, 1)]);
pub(crate) const PERFORMANCE: Dimension = dim(&[(15, 1)]);
pub(crate) const SOLID_ANGLE: Dimension = dim(&[(7, 2)]);
pub(crate) const AREA: Dimension = dim(&[(0, 2)]);
pub(crate) const VOLUME: Dimension = dim(&[(0, 3)]);
pub(crate) const RATE: Dimension = dim(&[(2, -1)]);
pub(crate) const TURNING: Dimension = dim(&[(7, 1), (2, -1)]);
pub(crate) const SPEED: Dimension = dim(&[(0, 1), (2, -1)]);
pub(crate) const ACCELERATION: Dimension = dim(&[(0, 1), (2, -2)]);
pub(crate) const FORCE: Dimension = dim(&[(0, 1), (1, 1), (2, -2)]);
pub(crate) const PRESSURE: Dimension = dim(&[(0, -1), (1, 1), (2, -2)]);
pub(crate) const ENERGY: Dimension = dim(&[(0, 2), (1, 1), (2, -2)]);
pub(crate) const POWER: Dimension = dim(&[(0, 2), (1, 1), (2, -3)]);
pub(crate) const CHARGE: Dimension = dim(&[(3, 1), (2, 1)]);
pub(crate) const VOLTAGE: Dimension = dim(&[(0, 2), (1, 1), (2, -3), (3, -1)]);
pub(crate) const RESISTANCE: Dimension = dim(&[(0, 2), (1, 1), (2, -3), (3, -2)]);
pub(crate) const CONDUCTANCE: Dimension = dim(&[(0, -2), (1, -1), (2, 3), (3, 2)]);
pub(crate) const CAPACITANCE: Dimension = dim(&[(0, -2), (1, -1), (2, 4), (3, 2)]);
pub(crate) const INDUCTANCE: Dimension = dim(&[(0, 2), (1, 1), (2, -2), (3, -2)]);
pub(crate) const FLUX: Dimension = dim(&[(0, 2), (1, 1), (2, -2), (3, -1)]);
pub(crate) const INDUCTION: Dimension = dim(&[(1, 1), (2, -2), (3, -1)]);
pub(crate) const DOSE: Dimension = dim(&[(0, 2), (2, -2)]);
pub(crate) const VISCOSITY: Dimension = dim(&[(0, 2), (2, -1)]);
pub(crate) const DYNAMIC_VISCOSITY: Dimension = dim(&[(0, -1), (1, 1), (2, -1)]);
pub(crate) const LUMINANCE: Dimension = dim(&[(6, 1), (7, 2)]);
pub(crate) const ILLUMINANCE: Dimension = dim(&[(6, 1), (7, 2), (0, -2)]);
pub(crate) const LINEAR_DENSITY: Dimension = dim(&[(0, -1), (1, 1)]);
pub(crate) const DATA_RATE: Dimension = dim(&[(8, 1), (2, -1)]);

const TURN: f64 = std::f64::consts::TAU;
const DEGREE: f64 = TURN / 360.0;

const fn si(symbol: &'static str, dimension: Dimension, scale: f64) -> Atom {
    Atom {
        symbol,
        prefixes: true,
        dimension,
        scale,
    }
}

const fn other(symbol: &'static str, dimension: Dimension, scale: f64) -> Atom {
    Atom {
        symbol,
        prefixes: false,
        dimension,
        scale,
    }
}

/// Prefixes by symbol.
pub(crate) const PREFIXES: [(&str, f64); 24] = [
    ("da", 1e1),
    ("Ki", 1024.0),
    ("Mi", 1_048_576.0),
    ("Gi", 1_073_741_824.0),
    ("Ti", 1_099_511_627_776.0),
    ("E", 1e18),
    ("P", 1e15),
    ("T", 1e12),
    ("G", 1e9),
    ("M", 1e6),
    ("k", 1e3),
    ("K", 1e3),
    ("h", 1e2),
    ("d", 1e-1),
    ("c", 1e-2),
    ("m", 1e-3),
    ("u", 1e-6),
    ("n", 1e-9),
    ("p", 1e-12),
    ("f", 1e-15),
    ("a", 1e-18),
    ("z", 1e-21),
    ("Y", 1e24),
    ("Z", 1e21),
];

/// Prefixes in words, for units in words.
pub(crate) const PREFIX_WORDS: [(&str, f64); 11] = [
    ("exa", 1e18),
    ("peta", 1e15),
    ("tera", 1e12),
    ("giga", 1e9),
    ("mega", 1e6),
    ("kilo", 1e3),
    ("centi", 1e-2),
    ("milli", 1e-3),
    ("micro", 1e-6),
    ("nano", 1e-9),
    ("pico", 1e-12),
];

/// Units by symbol.
pub(crate) const ATOMS: &[Atom] = &[
    si("m", LENGTH, 1.0),
    other("in", LENGTH, 0.0254),
    other("inch", LENGTH, 0.0254),
    other("ft", LENGTH, 0.3048),
    other("yd", LENGTH, 0.9144),
    other("mi", LENGTH, 1609.344),
    other("nmi", LENGTH, 1852.0),
    other("micron", LENGTH, 1e-6),
    other("Å", LENGTH, 1e-10),
    si("g", MASS, 1e-3),
    si("t", MASS, 1e3),
    other("lb", MASS, 0.453_592_37),
    other("lbs", MASS, 0.453_592_37),
    other("oz", MASS, 0.028_349_523_125),
    si("s", TIME, 1.0),
    other("sec", TIME, 1.0),
    other("min", TIME, 60.0),
    other("h", TIME, 3600.0),
    other("hr", TIME, 3600.0),
    other("d", TIME, 86_400.0),
    other("day", TIME, 86_400.0),
    other("days", TIME, 86_400.0),
    other("month", TIME, 2_629_746.0),
    other("year", TIME, 31_556_952.0),
    si("A", CURRENT, 1.0),
    si("K", TEMPERATURE, 1.0),
    si("mol", AMOUNT, 1.0),
    si("cd", LIGHT, 1.0),
    si("lm", LUMINANCE, 1.0),
    si("lx", ILLUMINANCE, 1.0),
    other("lux", ILLUMINANCE, 1.0),
    si("rad", ANGLE, 1.0),
    si("sr", SOLID_ANGLE, 1.0),
    other("°", ANGLE, DEGREE),
    other("deg", ANGLE, DEGREE),
    other("arcmin", ANGLE, DEGREE / 60.0),
    other("arcsec", ANGLE, DEGREE / 3600.0),
    other("rev", ANGLE, TURN),
    other("r", ANGLE, TURN),
    other("rpm", TURNING, TURN / 60.0),
    si("Hz", RATE, 1.0),
    si("Bq", RATE, 1.0),
    si("Ci", RATE, 3.7e10),
    si("SPS", RATE, 1.0),
    si("Bd", RATE, 1.0),
    si("N", FORCE, 1.0),
    other("lbf", FORCE, 4.448_221_615_260_5),
    other("kgf", FORCE, 9.806_65),
    other("dyn", FORCE, 1e-5),
    si("Pa", PRESSURE, 1.0),
    si("bar", PRESSURE, 1e5),
    other("atm", PRESSURE, 101_325.0),
    si("torr", PRESSURE, 101_325.0 / 760.0),
    si("Torr", PRESSURE, 101_325.0 / 760.0),
    other("mmHg", PRESSURE, 133.322_387_415),
    si("psi", PRESSURE, 6_894.757_293_168),
    other("ksi", PRESSURE, 6_894_757.293_168),
    si("J", ENERGY, 1.0),
    si("eV", ENERGY, 1.602_176_634e-19),
    si("Wh", ENERGY, 3600.0),
    si("cal", ENERGY, 4.184),
    other("BTU", ENERGY, 1_055.055_852_62),
    si("W", POWER, 1.0),
    si("VA", POWER, 1.0),
    other("hp", POWER, 745.699_871_582_270_2),
    other("shp", POWER, 745.699_871_582_270_2),
    si("C", CHARGE, 1.0),
    si("Ah", CHARGE, 3600.0),
    si("V", VOLTAGE, 1.0),
    si("ohm", RESISTANCE, 1.0),
    si("S", CONDUCTANCE, 1.0),
    si("F", CAPACITANCE, 1.0),
    si("H", INDUCTANCE, 1.0),
    si("Wb", FLUX, 1.0),
    si("T", INDUCTION, 1.0),
    si("G", INDUCTION, 1e-4),
    si("gauss", INDUCTION, 1e-4),
    si("Gy", DOSE, 1.0),
    si("Gy(Si)", DOSE, 1.0),
    si("Gy(silicon)", DOSE, 1.0),
    si("rad(Si)", DOSE, 0.01),
    si("rads(Si)", DOSE, 0.01),
    si("Sv", DOSE, 1.0),
    si("rem", DOSE, 0.01),
    si("L", VOLUME, 1e-3),
    si("l", VOLUME, 1e-3),
    other("cc", VOLUME, 1e-6),
    other("gal", VOLUME, 3.785_411_784e-3),
    other("ha", AREA, 1e4),
    other("kn", SPEED, 1852.0 / 3600.0),
    other("kt", SPEED, 1852.0 / 3600.0),
    other("knot", SPEED, 1852.0 / 3600.0),
    other("mph", SPEED, 0.447_04),
    other("kph", SPEED, 1.0 / 3.6),
    other("gn", ACCELERATION, 9.806_65),
    other("ugn", ACCELERATION, 9.806_65e-6),
    other("mgn", ACCELERATION, 9.806_65e-3),
    si("Gal", ACCELERATION, 0.01),
    si("St", VISCOSITY, 1e-4),
    si("P", DYNAMIC_VISCOSITY, 0.1),
    si("tex", LINEAR_DENSITY, 1e-6),
    si("bit", BIT, 1.0),
    si("bits", BIT, 1.0),
    si("b", BIT, 1.0),
    si("B", BIT, 8.0),
    si("byte", BIT, 8.0),
    si("bytes", BIT, 8.0),
    si("bps", DATA_RATE, 1.0),
    si("OPS", OPERATIONS, 1.0),
    si("FLOPS", FLOPS, 1.0),
    other("WT", WEIGHTED, 1.0),
    other("TPP", PERFORMANCE, 1.0),
    other("dB", DECIBEL, 1.0),
    other("dBi", ISOTROPIC, 1.0),
    other("dBd", ISOTROPIC, 1.0),
    other("dBc", CARRIER, 1.0),
    other("dBFS", CARRIER, 1.0),
    other("%", NONE, 0.01),
    other("ppm", NONE, 1e-6),
    other("ppb", NONE, 1e-9),
    other("n", NONE, 1.0),
    other("lp", NONE, 1.0),
    other("octave", NONE, 1.0),
];

/// Units in words: word, symbol.
pub(crate) const WORDS: &[(&str, &str)] = &[
    ("metre", "m"),
    ("meter", "m"),
    ("micrometre", "um"),
    ("micrometer", "um"),
    ("foot", "ft"),
    ("feet", "ft"),
    ("inche", "in"),
    ("mile", "mi"),
    ("nautical mile", "nmi"),
    ("gram", "g"),
    ("gramme", "g"),
    ("kg", "kg"),
    ("tonne", "t"),
    ("pound", "lb"),
    ("second", "s"),
    ("minute", "min"),
    ("hour", "h"),
    ("ampere", "A"),
    ("amp", "A"),
    ("kelvin", "K"),
    ("candela", "cd"),
    ("lumen", "lm"),
    ("radian", "rad"),
    ("steradian", "sr"),
    ("degree", "°"),
    ("second of arc", "arcsec"),
    ("seconds of arc", "arcsec"),
    ("minutes of arc", "arcmin"),
    ("arc second", "arcsec"),
    ("arcsecond", "arcsec"),
    ("minute of arc", "arcmin"),
    ("arc minute", "arcmin"),
    ("revolution", "rev"),
    ("hertz", "Hz"),
    ("newton", "N"),
    ("pascal", "Pa"),
    ("bar", "bar"),
    ("atmosphere", "atm"),
    ("joule", "J"),
    ("electron volt", "eV"),
    ("watt", "W"),
    ("horsepower", "hp"),
    ("volt", "V"),
    ("ohm", "ohm"),
    ("farad", "F"),
    ("tesla", "T"),
    ("gray", "Gy"),
    ("litre", "L"),
    ("liter", "L"),
    ("gallon", "gal"),
    ("knot", "kn"),
    ("bit", "bit"),
    ("byte", "B"),
    ("percent", "%"),
    ("per cent", "%"),
    ("decibel", "dB"),
    ("octave", "octave"),
    ("centistoke", "cSt"),
    ("curie", "Ci"),
    ("becquerel", "Bq"),
    ("neutron", "n"),
    ("weighted teraflop", "WT"),
];
