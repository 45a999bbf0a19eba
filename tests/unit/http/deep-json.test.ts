import { expect, test } from 'vitest';
import { parseJsonObject } from '../../../lib/http/params.ts';

test('a member nested deeper than the engine can write is left out, the others stay', () => {
  const depth = 90_000;
  const text = `{"code":"SplxlOBeZQQYbYS6WxSbIA","deep":${'['.repeat(depth)}${']'.repeat(depth)}}`;
  const params = parseJsonObject(text, 'body');
  expect(params.find((param) => param.name === 'code')?.value).toBe('SplxlOBeZQQYbYS6WxSbIA');
});
