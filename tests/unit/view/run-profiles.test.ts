import { describe, expect, test } from 'vitest';
import { createProfileStore } from '../../../lib/adapters/profile-store.ts';
import { secretKind } from '../../../lib/engine/secrets.ts';
import { EMPTY_FORM, NO_FORM_SECRETS, type RunForm, readForm } from '../../../lib/view/run-form.ts';
import { PRESETS, presetForm } from '../../../lib/view/run-presets.ts';
import { MOST_PROFILES, type Profile, withProfile } from '../../../lib/view/run-profiles.ts';

const FORM: RunForm = { ...EMPTY_FORM, issuer: 'https://as.example', clientId: 'web1' };
const isSecret = (name: string): boolean => secretKind(name) !== null;

describe('saved settings', () => {
  test('the same settings are saved once, the latest first; the oldest goes', () => {
    let saved: readonly Profile[] = [];
    for (let n = 0; n <= MOST_PROFILES; n++) saved = withProfile(saved, { ...FORM, clientId: `c${n}` }, isSecret);
    saved = withProfile(saved, { ...FORM, clientId: 'c7', scope: 'mail' }, isSecret);
    expect(saved).toHaveLength(MOST_PROFILES);
    expect(saved[0]).toMatchObject({
      name: 'as.example, c7: Authorization code with PKCE',
      form: { page: 'form', scope: 'mail' },
    });
    expect(saved.filter(({ form }) => form.clientId === 'c7')).toHaveLength(1);
    expect(saved.some(({ form }) => form.clientId === 'c0')).toBe(false);
  });

  test('canary: parameters that hold a secret are not saved', () => {
    const canary = 'canary-4f1b2c3d5e6f7a8b9c0d1e2f';
    const names = ['client_secret', 'refresh_token', 'password', 'id_token_hint', 'code'];
    const extra = [...names.map((name) => `${name}=${canary}`), 'prompt=login'].join('\n');
    const [saved] = withProfile([], { ...FORM, extra }, isSecret);
    expect(JSON.stringify(saved)).not.toContain(canary);
    expect(saved?.form.extra).toBe('prompt=login');
    // It would be seen.
    expect(JSON.stringify(withProfile([], { ...FORM, extra }, () => false))).toContain(canary);
  });

  test('what is on disk is read as forms, whatever it is', async () => {
    let disk: Record<string, unknown> = {};
    const area = {
      get: () => Promise.resolve(disk),
      set: (items: Record<string, unknown>) => {
        disk = JSON.parse(JSON.stringify(items)) as Record<string, unknown>;
        return Promise.resolve();
      },
    };
    const store = createProfileStore(area);
    expect(await store.read()).toEqual([]);
    const saved = withProfile([], FORM, isSecret);
    await store.write(saved);
    expect(await store.read()).toEqual(saved);
    for (const wrong of [7, 'x', [7, {}, { name: 'a', form: { flow: 'evil', clientId: 9 } }]]) {
      disk = { 'run:profiles': wrong };
      for (const { form } of await store.read()) expect(form).toMatchObject({ flow: 'code', clientId: '' });
    }
  });
});

describe('presets', () => {
  test.each(PRESETS.map((preset) => [preset.name, preset] as const))(
    '%s can be run once a client is filled in',
    (_, preset) => {
      const form = { ...presetForm(preset, { ...FORM, mode: 'guided' }), clientId: 'mine' };
      const filled = JSON.parse(JSON.stringify(form).replace(/YOUR-[A-Z-]+/g, 'x')) as RunForm;
      expect(filled).toMatchObject({ mode: 'guided', page: 'form', preset: preset.id });
      expect(readForm(filled, { ...NO_FORM_SECRETS, clientSecret: 's' }, 'https://app.example/cb')).toHaveProperty(
        'config',
      );
      expect(preset.quirks.length).toBeGreaterThan(0);
    },
  );

  test('each has an id of its own', () => {
    expect(new Set(PRESETS.map(({ id }) => id)).size).toBe(PRESETS.length);
  });
});
