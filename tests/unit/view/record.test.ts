import { describe, expect, test } from 'vitest';
import { RECORDING_ENDS, type Recording } from '../../../lib/model/recording.ts';
import { recordView } from '../../../lib/view/record.ts';
import { plainText } from '../../../lib/view/text.ts';
import { NOON } from './support.ts';

const recording = (part: Partial<Recording> = {}): Recording => ({
  tab: 1,
  at: NOON - 60_000,
  state: { is: 'recording' },
  requests: 3,
  bytes: 4000,
  hosts: ['app.example', 'api.example'],
  snapshots: 2,
  unread: [],
  ...part,
});

const says = (part: Partial<Recording>, watched = true): string =>
  recordView(recording(part), { now: NOON, watched }).detail.map(plainText).join(' ');

describe('the recording of a tab', () => {
  test('is offered with the choice of hooks, and says what they change', () => {
    const { state, presses, hooks } = recordView(null, { now: NOON, watched: true });
    expect([state, presses.map(({ press }) => press)]).toEqual(['offer', ['start']]);
    expect(plainText(hooks?.means ?? [])).toMatch(/fetch.*XMLHttpRequest.*setItem are replaced.*page can notice/);
  });

  test('says what it has, and what it could not read', () => {
    expect(says({})).toBe('3 requests, 2 looks at storage, 4 kB. Taking part: app.example and api.example.');
    expect(says({ unread: ['login.example'], cut: true })).toMatch(
      /Storage not read: login\.example, which is not watched\. More was stored or told than is kept\.$/,
    );
  });

  test('says that hooks change the page while they are in it, and afterwards that they were', () => {
    expect(says({ hooked: true })).toMatch(/its environment is changed\.$/);
    expect(says({ hooked: true, state: { is: 'ended', why: 'stopped' } })).toMatch(/they are taken out\.$/);
    expect(says({})).not.toMatch(/Hooks/);
  });

  test.each(RECORDING_ENDS)('that ended (%s) says why, and offers another only where the site is watched', (why) => {
    const over = recording({ state: { is: 'ended', why } });
    const view = recordView(over, { now: NOON, watched: true });
    expect(view.detail.length).toBe(3);
    expect(view.presses.map(({ press }) => press)).toEqual(['start']);
    const closed = recordView(over, { now: NOON, watched: false });
    expect(closed.detail).toEqual(view.detail);
    expect([closed.presses, closed.hooks]).toEqual([[], null]);
  });
});
