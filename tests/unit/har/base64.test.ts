import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decodeBase64 } from '../../../lib/har/base64.ts';
import { seeded } from './seeded.ts';

describe('decodeBase64', () => {
  it('gives back the bytes, whatever the alphabet, padding and line breaks', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), fc.boolean(), fc.boolean(), (bytes, url, padded) => {
        const text = Buffer.from(bytes).toString(url ? 'base64url' : 'base64');
        const written = (padded ? text : text.replace(/=+$/, '')).replace(/.{76}/g, '$&\r\n');
        expect(decodeBase64(written)).toEqual(bytes);
      }),
      seeded(300),
    );
  });

  it('says which character is not base64', () => {
    expect(decodeBase64('Not base 64')).toBe(3);
    expect(decodeBase64('QQ==QQ')).toBe(4);
    expect(decodeBase64('é')).toBe(0);
  });
});
