import fc from 'fast-check';

/**
 * Any text at all, lone surrogates and controls among it, ASCII more often. (`fc.string({ unit: 'binary' })` takes a
 * second of processor time before its first value.)
 */
export function anyText(maxLength = 100): fc.Arbitrary<string> {
  const unit = fc.oneof(
    { arbitrary: fc.nat({ max: 0x7f }), weight: 3 },
    { arbitrary: fc.nat({ max: 0xffff }), weight: 1 },
  );
  return fc.array(unit, { maxLength }).map((units) => String.fromCharCode(...units));
}
