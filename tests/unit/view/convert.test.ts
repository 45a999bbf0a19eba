import { describe, expect, it } from 'vitest';
import { sha256Base64url } from '../../../lib/token/hash.ts';
import { convertView, pkceView, verifierComplaint } from '../../../lib/view/convert.ts';

// RFC 7636 appendix B
const VERIFIER = 'dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk';
const CHALLENGE = 'E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM';

describe('convertView', () => {
  it('gives every other encoding', () => {
    const view = convertView('ü?', 'text');
    expect('rows' in view && view.rows.map(({ encoding, value }) => [encoding, value])).toEqual([
      ['base64url', 'w7w_'],
      ['base64', 'w7w/'],
      ['hex', 'c3bc3f'],
    ]);
  });

  it('says where a value is not what it is said to be', () => {
    expect(convertView('c3bz', 'hex')).toMatchObject({ before: 'c3b', at: 'z', after: '', error: /^Character 4: / });
  });

  it('shows bytes that are no text as such, and hostile text harmless', () => {
    const bytes = convertView('ff', 'hex');
    expect('rows' in bytes && bytes.rows[0]).toMatchObject({ encoding: 'text', value: null });
    const bidi = convertView('e280ae', 'hex');
    expect('rows' in bidi && bidi.rows[0]?.shown).toBe('\\u{202E}');
  });

  it('has nothing to say of nothing', () => {
    expect(convertView('', 'hex')).toEqual({ rows: [] });
  });
});

describe('pkceView', () => {
  it('makes and compares the challenge of the specification', async () => {
    expect(await sha256Base64url(VERIFIER)).toBe(CHALLENGE);
    expect(pkceView(VERIFIER, CHALLENGE, '')).toEqual({ challenge: CHALLENGE, mark: null, says: null });
    expect(pkceView(VERIFIER, CHALLENGE, ` ${CHALLENGE}\n`)).toMatchObject({ mark: 'pass' });
    expect(pkceView(VERIFIER, CHALLENGE, CHALLENGE.toLowerCase())).toMatchObject({ mark: 'high' });
    expect(pkceView(VERIFIER, CHALLENGE, VERIFIER).says).toContain('plain');
  });

  it.each([
    ['short', '43 to 128'],
    ['a'.repeat(129), '43 to 128'],
    [`${VERIFIER}=`, 'Character 44'],
    ['ü'.repeat(43), 'Character 1'],
  ])('names what is wrong with %s', (verifier, said) => {
    expect(verifierComplaint(verifier)).toContain(said);
    expect(pkceView(verifier, CHALLENGE, CHALLENGE).mark).toBe('medium');
  });
});
