/// 16-bit floating point by integer arithmetic on 32-bit lanes, which every x86-64 and arm64 vectorises; the
/// language's own conversions call a library function per element where the processor's baseline has none.
package protocol HalfPrecision: BitwiseCopyable {
  var bits: UInt16 { get }
  init(bits: UInt16)
  /// The exact value.
  var wide: Float { get }
  /// The nearest value, ties to even.
  init(rounding wide: Float)
}

/// IEEE 754 binary16: 11 bits of precision, up to 65,504.
package struct Binary16: HalfPrecision {
  package let bits: UInt16

  @inlinable package init(bits: UInt16) { self.bits = bits }

  package var wide: Float {
    // Exponent and fraction move into place; a product rebiases the exponent and normalises subnormal numbers.
    let scaled = Float(bitPattern: UInt32(bits & 0x7fff) << 13) * 0x1p112
    let special: UInt32 = scaled >= 65_536 ? 0x7f80_0000 : 0
    return Float(bitPattern: scaled.bitPattern | special | UInt32(bits & 0x8000) << 16)
  }

  package init(rounding wide: Float) {
    let sign = wide.bitPattern & 0x8000_0000
    let magnitude = wide.bitPattern ^ sign
    let normal = (magnitude &+ 0xc800_0fff &+ (magnitude >> 13 & 1)) >> 13
    // Adding 0.5 leaves a subnormal result's bits, rounded, at the lower end.
    let subnormal = (Float(bitPattern: magnitude) + 0.5).bitPattern &- 0x3f00_0000
    let special: UInt32 = magnitude > 0x7f80_0000 ? 0x7e00 : 0x7c00
    let finite = magnitude < 0x3880_0000 ? subnormal : normal
    let result = magnitude >= 0x4780_0000 ? special : finite
    bits = UInt16(truncatingIfNeeded: result | sign >> 16)
  }
}

/// The upper half of a binary32: 8 bits of precision, the range of a binary32.
package struct BFloat16: HalfPrecision {
  package let bits: UInt16

  @inlinable package init(bits: UInt16) { self.bits = bits }

  package var wide: Float { Float(bitPattern: UInt32(bits) << 16) }

  package init(rounding wide: Float) {
    let pattern = wide.bitPattern
    let rounded = (pattern &+ 0x7fff &+ (pattern >> 16 & 1)) >> 16
    // A number that is none stays one: rounding its fraction could carry it into infinity.
    let quiet = pattern >> 16 | 0x40
    bits = UInt16(truncatingIfNeeded: pattern & 0x7fff_ffff > 0x7f80_0000 ? quiet : rounded)
  }
}
